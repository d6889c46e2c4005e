import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import type { SymbolList } from '#core/universe/list.ts';
import { createRandom } from '../../simulator/random.ts';
import { startSimulator } from '../../simulator/server.ts';
import { Cli, cli } from './cli.ts';
import { until } from './until.ts';

const COINS = ['BTC', 'ETH', 'XRP', 'LINK', 'BCH', 'AAVE', 'SOL', 'AVAX', 'NEAR', 'TAO'];
/** A stream may go on for a moment after it was given up: the request is spaced, and frames are on their way. */
const LATE_MS = 4000;
/** Where a venue's REST does not answer in time, the list is read again only after a while, ms. */
const CHANGED_WITHIN_MS = 90_000;

interface ListEvent {
  readonly atMs: number;
  readonly kind: string;
  readonly list: SymbolList;
}

export interface ChurnResult {
  readonly changes: number;
  readonly trades: number;
}

/**
 * A run whose list of symbols is changed at random about once a second, over real sockets and under load. Afterwards:
 * no symbol was lost, none traded after its drain, no connection was made anew or left, and the recording replays to
 * the digit.
 */
export async function churn(directory: string, seconds: number, seed: number): Promise<ChurnResult> {
  const simulator = await startSimulator({ symbols: 60, seed, rate: 2000 });
  try {
    const random = createRandom(seed);
    const file = join(directory, 'twinleg.json');
    const tape = join(directory, 'churn.gz');
    const write = (coins: readonly string[]) =>
      writeFileSync(file, JSON.stringify(configuration(simulator.urls, coins)));
    write(COINS);
    const common = ['--config', file, '--data', join(directory, 'data')];
    const run = new Cli(['run', ...common, '--port', '0', '--record', tape, '--json']);
    await run.event('started');
    const connections = new Set<number>();
    let last: readonly string[] = COINS;
    const change = async (next: readonly string[]) => {
      write(next);
      run.child.kill('SIGHUP');
      const isMade = () => run.log.findLast(({ event }) => event === 'universe_changed')?.symbols === next.length;
      const before = told(run);
      await until(
        'the list changes',
        () => (told(run) > before && isMade()) || run.child.exitCode !== null,
        CHANGED_WITHIN_MS,
      );
      last = next;
    };
    for (let i = 0; i < seconds; i++) {
      let next = last;
      while (next.length === 0 || next.join() === last.join()) next = COINS.filter(() => random.next() < 0.5);
      await change(next);
      await new Promise((resolve) => setTimeout(resolve, 900));
      const state = simulator.state() as { binance: { connections: number }; upbit: { connections: number } };
      connections.add(state.binance.connections).add(state.upbit.connections);
    }
    if (last.length < COINS.length) await change(COINS);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const ended = await run.stop();
    assert.equal(ended.code, 0, ended.stderr.slice(-2000));
    assert.deepEqual([...connections], [1], 'one connection to each venue all the time');
    assert.equal(run.log.filter(({ event }) => event === 'feed_disconnected' || event === 'failed').length, 0);

    const lists = listEvents(tape);
    const trades = (await cli('trades', ...common, '--json')).json<Trade[]>();
    const open = (await cli('positions', ...common, '--json')).json<PositionView[]>();
    for (const { symbol, decidedAtMs } of [...trades, ...open]) assertListed(lists, symbol, decidedAtMs);
    assertFrames(tape, lists);
    const replayed = await cli('backtest', '--tape', tape, '--json');
    assert.equal(replayed.code, 0, replayed.stderr);
    const again = replayed.json<{ trades: Trade[]; open: PositionView[] }>();
    assert.deepEqual(again.trades, trades);
    assert.deepEqual(
      again.open.map(({ id, state }) => [id, state]),
      open.map(({ id, state }) => [id, state]),
    );
    return { changes: lists.length, trades: trades.length };
  } finally {
    await simulator.close();
  }
}

function configuration(urls: Awaited<ReturnType<typeof startSimulator>>['urls'], coins: readonly string[]): object {
  return {
    venues: { source: 'real', binance: urls.binance, upbit: urls.upbit },
    universe: { symbols: coins.map((coin) => `${coin}/USDT`), refreshSeconds: 3600 },
    strategy: { cooldownSeconds: 1, maxHoldSeconds: 4, minProfitThreshold: 0.0005 },
    guards: { consecutiveLosses: { max: null }, commonMode: { symbols: null } },
  };
}

function told(run: Cli): number {
  return run.log.filter(({ event }) => event === 'universe_changed').length;
}

function listEvents(tape: string): ListEvent[] {
  const lines = readFileSync(`${tape}.events.jsonl`, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line)).filter(({ list }) => list !== undefined);
}

/** An entry was decided while its symbol was on the list: none after its drain. */
function assertListed(lists: readonly ListEvent[], symbol: string, decidedAtMs: number): void {
  const at = lists.findLastIndex(({ atMs }) => atMs <= decidedAtMs);
  // Within the very millisecond of a change either list may have been in force.
  const inForce = lists.filter(
    ({ atMs }, i) => i === at || (i === at - 1 && lists[at]!.atMs === decidedAtMs) || (i > at && atMs === decidedAtMs),
  );
  if (inForce.length === 0) return;
  assert.ok(
    inForce.some(({ list }) => list.symbols.includes(symbol)),
    `${symbol} was entered at ${decidedAtMs}, off the list`,
  );
}

/** At the end every symbol speaks on both venues; one that was let go fell silent soon. */
function assertFrames(tape: string, lists: readonly ListEvent[]): void {
  const frames = gunzipSync(readFileSync(tape)).toString('latin1').trimEnd().split('\n');
  const lastMs = Number(frames.at(-1)!.split(' ', 1)[0]);
  const heard = new Set<string>();
  for (const line of frames) {
    const space = line.indexOf(' ');
    const atMs = Number(line.slice(0, space));
    const coin = /"s":"([A-Z]+)USDT"/.exec(line)?.[1] ?? /"code":"KRW-([A-Z]+)"/.exec(line)?.[1];
    if (coin === undefined || coin === 'USDT') continue;
    const symbol = `${coin}/USDT`;
    if (atMs > lastMs - 3000) heard.add(`${line[space + 1]}${symbol}`);
    const recent = lists.filter((event, i) => event.atMs <= atMs && (lists[i + 1]?.atMs ?? atMs) >= atMs - LATE_MS);
    if (recent.length === 0 || lists[0]!.atMs > atMs - LATE_MS) continue;
    const watched = recent.some(({ list }) => list.symbols.includes(symbol) || list.draining.includes(symbol));
    assert.ok(watched, `${symbol} still speaks at ${atMs}`);
  }
  const missing = COINS.flatMap((coin) => [`b${coin}/USDT`, `u${coin}/USDT`]).filter((name) => !heard.has(name));
  assert.deepEqual(missing, [], 'every symbol of the last list speaks on both venues');
}
