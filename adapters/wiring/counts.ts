/** What became of things, by kind. */
export class Counts {
  readonly all: Record<string, number> = {};

  add(kind: string, by = 1): void {
    this.all[kind] = (this.all[kind] ?? 0) + by;
  }
}
