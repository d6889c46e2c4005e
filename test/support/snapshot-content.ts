import { TABLES } from '#adapters/store/sqlite/schema.ts';

/** All that a snapshot file holds, by value and in an order of its own: of each table its rows, JSON taken apart. */
export function snapshotContent(text: string): Record<string, unknown[]> {
  const [header = '', ...lines] = text.trimEnd().split('\n').slice(0, -1);
  const content: Record<string, unknown[]> = { version: [JSON.parse(header).version] };
  let table = '';
  let columns: string[] = [];
  for (const line of lines) {
    const parsed = JSON.parse(line);
    if (Array.isArray(parsed)) {
      content[table]!.push(Object.fromEntries(columns.map((name, i) => [name, takenApart(parsed[i])])));
    } else {
      ({ table, columns } = parsed);
      content[table] = [];
    }
  }
  for (const name of TABLES) content[name]?.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  // How often it was restored is the one thing that a restore changes.
  content.meta = content.meta?.filter((row) => (row as { name: string }).name !== 'restores') ?? [];
  return content;
}

const keyOf = (row: unknown) => {
  const { key, name } = row as { key?: string; name?: string };
  return key ?? name ?? '';
};

function takenApart(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  return JSON.parse(value);
}
