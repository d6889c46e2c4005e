import { escapeHtml, joinParts, type MessageText, plainText } from '../alerts/text.ts';

/** Longest line of an answer, UTF-16 units: some three lines of a phone. */
const LINE_UNITS = 120;
/** Lines of an answer: what is more does not help on a phone. */
const MOST_LINES = 40;

/** An answer as a message: the first line stands out; whatever the lines hold is harmless. */
export function answerText(lines: readonly string[]): MessageText {
  const parts = lines.slice(0, MOST_LINES).map((line, i) => {
    const plain = plainText(line, LINE_UNITS);
    const html = escapeHtml(plain);
    return { html: i === 0 ? `<b>${html}</b>` : html, plain };
  });
  const { text } = joinParts(parts, '\n');
  const left = lines.length - MOST_LINES;
  if (left <= 0) return text;
  const more = `… ${left} more lines`;
  return { html: `${text.html}\n${more}`, plain: `${text.plain}\n${more}` };
}

/** At most so many of a list, and how many there are besides. */
export function firstOf<T>(rows: readonly T[], most: number, show: (row: T) => readonly string[]): string[] {
  const lines = rows.slice(0, most).flatMap((row) => show(row));
  return rows.length > most ? [...lines, `… and ${rows.length - most} more`] : lines;
}
