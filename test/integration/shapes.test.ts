import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { syntheticTape } from '../reference/synthetic.ts';
import { writeTape } from '../support/backtest.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { assertShape, type Shape } from '../support/shape.ts';
import { tradedStore } from '../support/traded-store.ts';

/** What users script against, field by field; times end in `Ms`, symbols are `BTC/USDT`. */
const SYMBOL = /^[A-Z0-9]+\/USDT$/;
const REASON = /^(CONVERGED|LOSS_STOP|TAKE_PROFIT|TIME_STOP|UNWOUND|FLATTEN)$/;
const CODE = /^[A-Z][A-Z_]+$/;
const ANY = /^/;
const VENUE = /^(binance|upbit)$/;
const STATE = /^(ACTIVE|REDUCE_ONLY|HALTED)$/;

const fill: Shape = {
  venue: VENUE,
  side: /^(buy|sell)$/,
  quantity: 'number',
  price: 'number',
  amount: 'number',
  currency: /^(USDT|KRW)$/,
  fee: 'number',
  feeAsset: 'string',
  fxBid: 'number',
  fxAsk: 'number',
  amountUsdt: 'number',
  feeUsdt: 'number',
  atMs: 'number',
  orderId: 'string',
};
const position: Shape = {
  id: 'string',
  symbol: SYMBOL,
  direction: /^SELL_(UPBIT|BINANCE)$/,
  quantity: 'number',
  decidedAtMs: 'number',
  openedAtMs: 'number',
  entryNotionalUsdt: 'number',
  pnlUsdt: 'number',
  pnlAccountUsdt: 'number',
  fxPnlUsdt: 'number',
  feesUsdt: 'number',
  dust: 'list',
  fills: [fill],
};
const trade: Shape = { ...position, closedAtMs: 'number', reason: REASON };
const open: Shape = { ...position, state: CODE, unrealisedPnlUsdt: 'number?' };
const feed: Shape = { connected: 'boolean', lastFrameAgeMs: 'number?' };
const checks: Shape = {
  ok: 'boolean',
  checks: [{ name: 'string', ok: 'boolean', detail: 'string', remedy: 'string?' }],
};
const snapshot: Shape = { file: 'string', version: 'number', symbols: 'number', sha256: /^[0-9a-f]{64}$/ };
const figures: Shape = {
  trades: 'number',
  pnlUsdt: 'number',
  winRate: 'number?',
  maxDrawdownUsdt: 'number',
  averageDurationSeconds: 'number?',
  feesUsdt: 'number',
};
const explained: Shape = {
  atMs: 'number',
  symbol: SYMBOL,
  decision: CODE,
  code: CODE,
  netEdge: 'number?',
  inputs: 'object',
  guards: 'list',
  configVersion: 'string',
};
const guarded: Shape = { guards: [{ name: CODE, passed: 'boolean' }] };

/** Of a store that was traded on, in its own copy: each command with its exit code, and what its one document holds. */
const STORED: readonly (readonly [args: string, shape: Shape, code?: number])[] = [
  ['trades', [trade]],
  ['trades --symbol LINK', [trade]],
  ['balances', [{ venue: VENUE, asset: 'string', quantity: 'number', valueUsdt: 'number?', runwayEntries: 'number?' }]],
  ['why BTC --last 3', [explained]],
  ['kpi', { total: figures, symbols: { 'BTC/USDT': figures } }],
  ['kpi --symbol BTC/USDT', { symbols: { 'BTC/USDT': figures } }],
  [
    'status',
    {
      running: 'boolean',
      mode: /^paper$/,
      tradingState: STATE,
      uptimeSeconds: 'number',
      symbols: 'number',
      openPositions: 'number',
      trades: 'number',
      pnlUsdt: 'number',
      venues: { binance: feed, upbit: feed },
    },
  ],
  ['pause', { tradingState: /^REDUCE_ONLY$/ }],
  ['halt', { tradingState: /^HALTED$/ }],
  ['resume', { tradingState: /^ACTIVE$/ }],
  ['flatten', { tradingState: /^REDUCE_ONLY$/ }],
  ['doctor --store', checks],
  ['config show', [{ path: 'string', origin: 'string' }]],
  ['config schema', { type: /^object$/, properties: { strategy: 'object' } }],
  ['reset', { error: { code: /^USAGE$/, message: 'string', remedy: 'string' } }, 2],
  ['why NOPE', { error: { code: /^USAGE$/, message: 'string', remedy: 'string' } }, 2],
];

const folder = mkdtempSync(join(tmpdir(), 'twinleg-shapes-'));
const traded = join(folder, 'traded');
before(() => {
  mkdirSync(traded);
  tradedStore(join(traded, 'twinleg.sqlite'));
});
after(() => rmSync(folder, { recursive: true }));

/** One JSON document on stdout, and the exit code that was promised. */
async function document(args: readonly string[], code = 0): Promise<unknown> {
  const result = await cli(...args, '--json');
  assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
  return result.json();
}

test('what a traded store tells, command by command, field by field', async () => {
  for (const [args, shape, code] of STORED) {
    assertShape(await document([...args.split(' '), '--data', traded], code), shape, args);
  }
  const [first] = (await document(['why', 'BTC', '--data', traded])) as object[];
  assertShape(first, guarded);
  const since = (await document(['trades', '--data', traded])) as { closedAtMs: number }[];
  const from = since.at(-2)!.closedAtMs;
  const late = (await document(['trades', '--since', String(from), '--data', traded])) as { closedAtMs: number }[];
  assert.deepEqual(
    late,
    since.filter(({ closedAtMs }) => closedAtMs >= from),
  );
});

test('snapshot: save, verify, restore, and what is none; then the store is emptied', () =>
  withDirectory(async (directory) => {
    const file = join(directory, 'one.snapshot');
    const copy = join(directory, 'copy');
    cpSync(traded, copy, { recursive: true });
    assertShape(await document(['snapshot', 'save', file, '--data', copy]), snapshot);
    assertShape(await document(['snapshot', 'verify', file]), snapshot);
    const restored = join(directory, 'restored');
    assertShape(await document(['snapshot', 'restore', file, '--data', restored]), snapshot);
    assert.deepEqual(await document(['trades', '--data', restored]), await document(['trades', '--data', traded]));
    assertShape(await document(['snapshot', 'verify', join(directory, 'none')], 1), {
      error: { code: /^SNAPSHOT_MISSING$/, message: 'string', remedy: 'string' },
    });
    assertShape(await document(['reset', '--yes', '--data', restored]), { removed: ['string'] });
  }));

test('backtest: the tape, the trades, what is open, figures and refusals', () =>
  withDirectory(async (directory) => {
    const tape = writeTape(join(directory, 'tape'), syntheticTape(2, { coins: ['BTC', 'ETH'], frames: 2500 }));
    const options = ['--set', 'universe.symbols=["BTC/USDT","ETH/USDT"]', '--set', 'strategy.cooldownSeconds=2'];
    const result = await document(['backtest', '--tape', tape, '--latency-ms', '5', ...options]);
    assertShape(result, {
      tape: {
        files: ['string'],
        frames: 'number',
        rejectedFrames: 'number',
        firstMs: 'number',
        lastMs: 'number',
        sha256: /^[0-9a-f]{64}$/,
      },
      configVersion: 'string',
      trades: [trade],
      open: 'list',
      pnlUsdt: 'number',
      kpi: { total: figures, symbols: 'object' },
      guardTriggers: { COOLDOWN: 'number' },
      seconds: 'number',
      framesPerSecond: 'number',
    });
    const none = await cli('backtest', '--tape', tape, '--instruments', join(directory, 'none.json'), ...options);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /none\.json/);
  }));

test('run, record, universe and doctor, on the simulator', () =>
  withDirectory(async (directory) => {
    const data = join(directory, 'data');
    const run = new Cli(['run', '--data', data, '--port', '0', '--json', '--set', 'strategy.maxHoldSeconds=3600']);
    await run.event('pair', ({ state }) => state === 'OPEN');
    assertShape(await document(['positions', '--data', data]), [open]);
    assertShape(await document(['doctor', '--data', data]), checks);
    const ended = await run.stop();
    assert.equal(ended.code, 0);
    assertShape(ended.json(), {
      trades: 'number',
      openPositions: 'number',
      pnlUsdt: 'number',
      ticks: 'number',
      decisions: 'number',
      seconds: 'number',
    });
    const tape = join(directory, 'tape.gz');
    const recorded = await document(['record', tape, '--duration', '2', '--rotate', 'hour']);
    assertShape(recorded, { frames: 'number', bytes: 'number', seconds: 'number' });
    const list = await document(['universe', '--set', 'universe.mode=TOP_N', '--set', 'universe.topN=3']);
    assertShape(list, {
      mode: /^TOP_N$/,
      included: [{ symbol: SYMBOL, rank: 'number', volumeUsdt: 'number' }],
      excluded: [{ symbol: SYMBOL, reason: /^[a-z_]+$/, value: ANY, limit: ANY }],
    });
  }));
