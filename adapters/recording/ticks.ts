import { readFileSync } from 'node:fs';
import { decodeJudged, type JudgedLine } from '#adapters/bus/sqs/judged.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import type { StoredState } from '#core/ports/store.ts';

/** First line of a file of judged ticks: all that they are to be replayed under. */
export interface TicksHead {
  readonly v: 1;
  readonly kind: 'head';
  readonly atMs: number;
  /** Without secrets. */
  readonly config: unknown;
  readonly deployment: Pick<Deployment, 'list' | 'instruments'>;
  readonly startingState: StoredState;
}

/** Where `record --from cloud FILE` writes. */
export const ticksFileOf = (file: string): string => (file.endsWith('.ticks.jsonl') ? file : `${file}.ticks.jsonl`);

/**
 * Lines in the order in which they were judged; those of one symbol in the order of its state's versions, whatever the
 * clocks of different machines said: of those that were judged on one state at once, the one that changed it comes last. The same
 * line twice, as a queue may deliver it, is one.
 */
export function inJudgedOrder(texts: readonly string[]): string[] {
  const entries = [...new Set(texts)].flatMap((text) => {
    const line = decodeJudged(text);
    return line === null ? [] : [{ text, line }];
  });
  entries.sort((a, b) => a.line.atMs - b.line.atMs);
  const bySymbol = Map.groupBy(entries, ({ line }) => line.symbol);
  for (const own of bySymbol.values())
    own.sort(
      ({ line: a }, { line: b }) =>
        a.version - b.version || Number(a.committed) - Number(b.committed) || a.atMs - b.atMs,
    );
  return entries.map(({ line }) => bySymbol.get(line.symbol)!.shift()!.text);
}

export interface TicksFile {
  readonly head: TicksHead;
  readonly lines: readonly JudgedLine[];
  /** Numbers of the lines that could not be understood. */
  readonly rejected: readonly number[];
  readonly text: string;
}

/** @throws TwinlegError `TICKS_MISSING`, `TICKS_UNREADABLE` */
export function readTicks(file: string): TicksFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TwinlegError('TICKS_MISSING', `no such file of ticks: ${file}`, 'check the name after --ticks', {
      cause: error,
    });
  }
  const [first = '', ...rest] = text.split('\n');
  const head = headOf(first);
  if (head === null) {
    const remedy = 'name a file that `record FILE --from cloud` wrote, with the version that wrote it';
    throw new TwinlegError('TICKS_UNREADABLE', `${file} does not begin as a file of judged ticks`, remedy);
  }
  const lines: JudgedLine[] = [];
  const rejected: number[] = [];
  for (const [i, each] of rest.entries()) {
    if (each === '' && i === rest.length - 1) continue;
    const line = decodeJudged(each);
    if (line === null) rejected.push(i + 2);
    else lines.push(line);
  }
  return { head, lines, rejected, text };
}

function headOf(text: string): TicksHead | null {
  try {
    const head = JSON.parse(text) as TicksHead;
    return head.v === 1 && head.kind === 'head' ? head : null;
  } catch {
    return null;
  }
}
