import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { refuseExisting, Tapes } from '#adapters/recording/tapes.ts';

const root = mkdtempSync(join(tmpdir(), 'twinleg-tapes-'));
after(() => rmSync(root, { recursive: true }));
const NINE = Date.UTC(2026, 10, 24, 9);
const HOUR = 3_600_000;
const frame = (text: string) => Buffer.from(`{"a":${text}}`);

function start(file: string, maxBytes: number | null = null) {
  const begun: string[] = [];
  const ends: string[] = [];
  const tapes = new Tapes({
    file,
    maxBytes,
    rotateHourly: true,
    begun: (name) => {
      begun.push(name);
      writeFileSync(`${name}.instruments.json`, '{}');
    },
    ended: (_name, reason) => ends.push(reason),
  });
  return { tapes, begun, ends };
}

test('each hour of UTC has a tape of its own, begun by its first frame; frames and bytes count over all', async () => {
  const file = join(root, 'v1.2', 'tape.data');
  mkdirSync(join(root, 'v1.2'));
  const { tapes, begun } = start(file);
  tapes.open(NINE + 5);
  for (const atMs of [NINE + 5, NINE + HOUR - 1, NINE + HOUR, NINE + 3 * HOUR]) tapes.frame(atMs, 'upbit', frame('1'));
  await tapes.close();
  const hours = ['09', '10', '12'].map((hour) => join(root, 'v1.2', `tape-2026-11-24T${hour}.data`));
  assert.deepEqual(tapes.files, hours);
  assert.deepEqual(begun, hours);
  assert.deepEqual([tapes.frames, tapes.bytes], [4, 4 * `${NINE} upbit {"a":1}\n`.length]);
  assert.equal(readFileSync(hours[0]!, 'utf8').split('\n').length, 3);
});

test('a recording that is begun again within an hour goes on beside the first', async () => {
  const file = join(root, 'again.gz');
  for (let i = 0; i < 3; i++) {
    const { tapes } = start(file);
    tapes.open(NINE + i);
    await tapes.close();
    assert.deepEqual(tapes.files, [join(root, `again-2026-11-24T09${i === 0 ? '' : `-${i + 1}`}.gz`)]);
  }
});

test('a disk that fails at the turn of the hour, or a full tape, costs the rest of that hour alone', async () => {
  const folder = join(root, 'disk');
  mkdirSync(folder);
  const { tapes, ends } = start(join(folder, 'tape'), 50);
  tapes.open(NINE);
  for (let i = 0; i < 3; i++) tapes.frame(NINE + i, 'binance', frame('1'));
  assert.match(ends[0]!, /record\.maxBytes/);
  renameSync(folder, `${folder}-away`);
  tapes.frame(NINE + HOUR, 'binance', frame('2'));
  assert.match(ends[1]!, /cannot write/);
  renameSync(`${folder}-away`, folder);
  tapes.frame(NINE + HOUR + 1, 'binance', frame('3'));
  tapes.frame(NINE + 2 * HOUR, 'binance', frame('4'));
  await tapes.close();
  assert.equal(tapes.files.length, 2);
  assert.match(readFileSync(tapes.files[1]!, 'utf8'), /\{"a":4\}\n$/);
});

test('a name at which a part of a recording lies is refused', () => {
  const file = join(root, 'part');
  writeFileSync(`${file}.events.jsonl`, '');
  assert.throws(() => refuseExisting(file, 'name another'), { code: 'TAPE_EXISTS', remedy: 'name another' });
  refuseExisting(join(root, 'free'), '');
});
