import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { TAPE_BINANCE } from '#adapters/tape/line.ts';
import { firstTimeOf, readTape } from '#adapters/tape/reader.ts';
import { createRecorder } from '#adapters/tape/recorder.ts';
import { TwinlegError } from '#core/errors.ts';
import type { VenueId } from '#core/market/types.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-tape-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (suffix = '') => join(folder, `${++files}${suffix}`);

interface Line {
  readonly atMs: number;
  readonly venue: VenueId;
  readonly frame: string;
}

/** Reads a whole tape; frames are taken as understood. */
async function readAll(file: string) {
  const lines: Line[] = [];
  const rejects: [number, string][] = [];
  const summary = await readTape(file, {
    line(atMs, venue, bytes, start, end) {
      const frame = Buffer.from(bytes.subarray(start, end)).toString();
      lines.push({ atMs, venue: venue === TAPE_BINANCE ? 'binance' : 'upbit', frame });
      return true;
    },
    rejected: (line, reason) => rejects.push([line, reason]),
  });
  return { lines, rejects, summary };
}

async function write(file: string, lines: readonly Line[], maxBytes: number | null = null): Promise<string[]> {
  const ends: string[] = [];
  const recorder = createRecorder(file, { maxBytes, onEnd: (reason) => ends.push(reason) });
  for (const { atMs, venue, frame } of lines) recorder.frame(atMs, venue, Buffer.from(frame));
  await recorder.close();
  return ends;
}

const anyLine = fc.record(
  {
    atMs: fc.integer({ min: 1, max: 2_000_000_000_000 }),
    venue: fc.constantFrom<VenueId>('binance', 'upbit'),
    // Control characters within a frame can only come from a broken sender; a line break among them becomes a space.
    frame: fc
      .string({ minLength: 1, maxLength: 300, unit: 'binary' })
      .map((text) => `{${text.replaceAll(/[\r\n]/g, ' ')}}`),
  },
  { noNullPrototype: true },
);
const sorted = fc.array(anyLine, { maxLength: 300 }).map((lines) => lines.toSorted((a, b) => a.atMs - b.atMs));

test('what is recorded is read, plain and compressed, in order', () =>
  fc.assert(
    fc.asyncProperty(sorted, fc.constantFrom('', '.gz'), async (lines, suffix) => {
      const file = fresh(suffix);
      await write(file, lines);
      const read = await readAll(file);
      assert.deepEqual(read.lines, lines);
      assert.deepEqual(read.rejects, []);
      assert.equal(read.summary.truncated, false);
      assert.equal(await firstTimeOf(file), lines[0]?.atMs ?? null);
    }),
    { numRuns: 60 },
  ));

test('a line break within a frame becomes a space', async () => {
  const file = fresh();
  await write(file, [{ atMs: 5, venue: 'upbit', frame: '{"a":\n\r1}' }]);
  assert.deepEqual((await readAll(file)).lines, [{ atMs: 5, venue: 'upbit', frame: '{"a":  1}' }]);
});

test('torn and foreign lines are named by number and reason, the rest is used', async () => {
  const file = fresh();
  writeFileSync(
    file,
    '10 binance {"a":1}\n\nnonsense\n11 kraken {}\n 12 upbit {}\n13 upbit {"b":2}\n9 upbit {"c":3}\n99999999999999 upbit {"e":5}\n14 upbit {"d":',
  );
  const { lines, rejects, summary } = await readAll(file);
  assert.deepEqual(
    lines.map(({ atMs, frame }) => [atMs, frame]),
    [
      [10, '{"a":1}'],
      [13, '{"b":2}'],
      [13, '{"c":3}'],
    ],
  );
  assert.deepEqual(rejects, [
    [2, 'empty'],
    [3, 'time'],
    [4, 'source'],
    [5, 'time'],
    [8, 'time'],
    [9, 'cut'],
  ]);
  assert.equal(summary.earlierLines, 1);
  assert.equal(summary.rejectedLines, 6);
});

test('a gzip cut anywhere gives what can be decoded, and says truncated', () => {
  const lines = Array.from({ length: 400 }, (_, i) => ({
    atMs: 1000 + i,
    venue: 'binance' as const,
    frame: `{"u":${i * 7919}}`,
  }));
  const whole = gzipSync(lines.map(({ atMs, venue, frame }) => `${atMs} ${venue} ${frame}\n`).join(''));
  return fc.assert(
    fc.asyncProperty(fc.integer({ min: 30, max: whole.length - 1 }), async (length) => {
      const file = fresh('.gz');
      writeFileSync(file, whole.subarray(0, length));
      const read = await readAll(file);
      assert.equal(read.summary.truncated, true);
      assert.deepEqual(read.lines, lines.slice(0, read.lines.length));
    }),
    { numRuns: 40 },
  );
});

test('no tape, a directory, and a file that is there already', async () => {
  const codeOf = (code: string) => (error: unknown) => error instanceof TwinlegError && error.code === code;
  await assert.rejects(readAll(join(folder, 'nowhere')), codeOf('TAPE_MISSING'));
  await assert.rejects(readAll(folder), codeOf('TAPE_UNREADABLE'));
  const file = fresh();
  writeFileSync(file, 'kept');
  assert.throws(() => createRecorder(file, { maxBytes: null, onEnd() {} }), codeOf('TAPE_EXISTS'));
  assert.equal(readFileSync(file, 'utf8'), 'kept');
  assert.throws(
    () => createRecorder(join(folder, 'no', 'such', 'dir'), { maxBytes: null, onEnd() {} }),
    codeOf('TAPE_WRITE_FAILED'),
  );
});

test('a recording ends at its size, with a whole line', async () => {
  const file = fresh();
  const lines = Array.from({ length: 10 }, (_, i) => ({ atMs: 1000 + i, venue: 'upbit' as const, frame: '{"x":1}' }));
  const ends = await write(file, lines, 70);
  assert.equal(ends.length, 1);
  const read = await readAll(file);
  assert.deepEqual(read.lines, lines.slice(0, read.lines.length));
  assert.ok(read.lines.length > 0 && readFileSync(file).length <= 70);
});
