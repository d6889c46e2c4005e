import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BacktestResult } from '#adapters/wiring/backtest.ts';
import type { CloudRecordSummary } from '#adapters/wiring/record-cloud.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import { metricsOf } from '#core/metrics.ts';
import { Cli } from '../support/cli.ts';
import { TradingStage } from '../support/cloud/trading.ts';
import { missingEmulator } from '../support/emulators/emulators.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { until, untilPasses } from '../support/until.ts';

const skip = missingEmulator('ministack');

for (const layout of ['per-symbol', 'sharded'] as const) {
  test(`${layout}: a frame on a real socket comes out of the gateway’s process, queues and functions as a closed trade, equal to a replay of what was delivered`, {
    skip,
  }, async (t) => {
    const settings = { 'cloud.logTicks': true, 'cloud.queueLayout': layout, 'cloud.shards': 2 };
    const trading = await TradingStage.open(settings);
    t.after(() => trading.close());
    const { stage, directory } = trading;
    const { store } = stage.parts;
    const env = { ...stage.env };
    const file = join(directory, 'delivered');
    const recording = new Cli(['record', file, '--from', 'cloud', '--json'], { env });
    const gateway = trading.startGateway();
    await trading.trades(5);
    await shown(trading);
    const sent = await gateway.metric('ticks_sent_total');
    await onceTold(trading, gateway);
    assert.equal(await gateway.stop(), 0);
    await trading.atRest();
    const recorded = await recording.stop('SIGINT');
    assert.equal(recorded.code, 0, recorded.stderr);
    const { ticks } = recorded.json<CloudRecordSummary>();
    t.diagnostic(JSON.stringify({ ticks, closed: trading.closed, sent, ...trading.tally() }));

    const replay = await new Cli(['backtest', '--ticks', `${file}.ticks.jsonl`, '--json']).done;
    assert.equal(replay.code, 0, replay.stderr);
    const replayed = replay.json<BacktestResult>();
    assert.deepEqual([replayed.tape.frames, replayed.tape.rejectedFrames], [ticks, 0]);
    const state = await store.load();
    const fills = stage.logged.filter(({ event }) => event === 'fill').map(({ fields }) => fields);
    const replayedFills = [...replayed.trades, ...replayed.open].flatMap(({ symbol, fills: own }) =>
      own.map(({ venue, side, quantity, price, orderId }) => ({ symbol, venue, side, quantity, price, orderId })),
    );
    const fillOf = ({ orderId, ...fill }: Record<string, unknown>) =>
      `${orderId} ${fill.symbol} ${fill.venue} ${fill.side} ${Number(fill.quantity)} ${Number(fill.price)}`;
    assert.deepEqual(fills.map(fillOf).sort(), replayedFills.map(fillOf).sort());
    assert.equal(replayed.trades.length, trading.closed);
    assert.equal(state.exposure.positions, replayed.open.length);
    assert.equal(replayed.pnlUsdt, Number(state.tally.pnlUsdt));
    assert.equal(await trading.mismatch(), null);
  });
}

/** Commands on another machine show what the gateway knows now. */
async function shown(trading: TradingStage): Promise<void> {
  const read = () => trading.twinleg<RunView>('status');
  await until('the next status, which knows of a trade', async () => (await read()).trades >= 1, 30_000);
  const status = await read();
  assert.deepEqual([status.running, status.mode, status.source, status.symbols], [true, 'paper', 'real', 4]);
  assert.ok(status.trades >= 1 && status.ticks > 0 && status.portfolio.valueUsdt > 0, JSON.stringify(status));
  assert.ok(status.venues.binance.connected && status.venues.upbit.connected);
  // It is published after the status, on its own.
  await untilPasses(async () => {
    const standing = (await trading.twinleg<DecisionRecord[]>('why', 'BTC'))[0]!;
    assert.equal(standing.decision, 'STANDING');
    assert.ok(standing.guards.length > 10 && Number(standing.inputs.binanceBid) > 0, JSON.stringify(standing));
  });
  assert.ok((await trading.gateways.at(-1)!.metric('trades_total')) >= 1);
}

/** What the functions decided is told by them and not by the gateway; entries' edges and money are told by the gateway alone. */
async function onceTold(trading: TradingStage, gateway: GatewayProcess): Promise<void> {
  const { telemetry } = trading.stage.parts;
  await until('the entries are found', async () => (await gateway.metric('net_edge_bps_count')) >= 5, 30_000);
  const pages = { gateway: await gateway.page(), function: await telemetry.reading.page() };
  for (const source of ['gateway', 'function'] as const) {
    const own = new Set(metricsOf(source).map(([, { name }]) => name));
    for (const [, name] of pages[source].matchAll(/^# TYPE (\w+)/gm)) assert.ok(own.has(name!), `${source}: ${name}`);
  }
  const decided = (page: string) => /^twinleg_decisions_total\{decision="ENTER"\} (\d+)$/m.exec(page)?.[1];
  const ordered = /^twinleg_order_results_total\{venue="upbit",result="filled"\} (\d+)$/m.exec(pages.function)?.[1];
  assert.ok(Number(decided(pages.function)) >= 5, pages.function);
  assert.ok(Number(ordered) >= 5, pages.function);
  assert.equal(decided(pages.gateway), undefined);
}
