/** Telegram's limit of one message, UTF-16 units after its marks are taken out. */
const MESSAGE_UNITS = 4096;

/** Marks that turn the direction of what follows, or that are not seen at all. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** Control characters, line breaks among them: text of strangers stays on its line. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** Text out of anybody's mouth made harmless: one line, no control characters, nothing that turns or hides, cut to a length. */
export function plainText(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .toWellFormed()
    .replaceAll(CONTROL, ' ')
    .replaceAll(UNSEEN, '')
    .trim();
  return line.length <= most ? line : `${cutWhole(line, most - 1)}…`;
}

/** Cut without halving a character of two units. */
function cutWhole(text: string, units: number): string {
  const code = text.charCodeAt(units - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? units - 1 : units);
}

/** For Telegram's HTML: three characters have a meaning there. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A message in both forms. */
export interface MessageText {
  readonly html: string;
  readonly plain: string;
}

/** Whole parts as long as they fit into one message. Returns how many did. */
export function joinParts(parts: readonly MessageText[], separator = '\n\n'): { text: MessageText; used: number } {
  let html = '';
  let plain = '';
  let used = 0;
  for (const part of parts) {
    const gap = used === 0 ? '' : separator;
    if (plain.length + gap.length + part.plain.length > MESSAGE_UNITS - 96) break;
    html += gap + part.html;
    plain += gap + part.plain;
    used++;
  }
  return { text: { html, plain }, used };
}
