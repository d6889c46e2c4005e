import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Writes results: for people as text, for scripts as one JSON document. */
export class Output {
  readonly isJson: boolean;
  readonly #stdout: NodeJS.WriteStream;

  constructor(isJson: boolean, stdout: NodeJS.WriteStream = process.stdout) {
    this.isJson = isJson;
    this.#stdout = stdout;
  }

  /** The one result: as JSON, or as what `text` makes of it. */
  result<T>(value: T, text: (value: T) => string): void {
    this.write(this.isJson ? JSON.stringify(value, null, 2) : text(value));
  }

  write(text: string): void {
    this.#stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }
}

/** Colours a text where the terminal shows colours. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  value(row: Row): string;
}

/** Rows under their titles, columns wide enough for what they hold. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], gap = 2): string {
  const cells = [
    columns.map(({ title }) => paint('dim', title)),
    ...rows.map((row) => columns.map((c) => c.value(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => width(line[i]!))));
  return cells
    .map((line) =>
      line
        .map((cell, i) => {
          const room = ' '.repeat(widths[i]! - width(cell));
          return columns[i]!.align === 'right' ? room + cell : cell + room;
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n');
}

/** Columns that a text takes on a terminal. */
export function width(text: string): number {
  return stripVTControlCharacters(text).length;
}
