import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { TradingStage } from '../support/cloud/trading.ts';
import { missingEmulator } from '../support/emulators/emulators.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { until } from '../support/until.ts';

const skip = missingEmulator('ministack');

test('the list changes while all of it trades: the gateway picks it up, queues and mappings come and go, a refresh that dies half-way is healed', {
  skip,
}, async (t) => {
  // A queue that is missing for a while counts as errors: their guard would hold entries back for a minute.
  const trading = await TradingStage.open({ 'guards.errorRate.maxPerMinute': null });
  t.after(() => trading.close());
  const { simulator, stage } = trading;
  const { parts } = stage;
  const queue = parts.routing.tickQueue('XRP/USDT');
  const gateway = trading.startGateway();
  await trading.trades(1);

  simulator.fault({ kind: 'haltSymbol', venue: 'binance', symbol: 'XRP', durationMs: 600_000 });
  const dropping = await refreshUniverse(parts);
  assert.deepEqual([dropping.symbols, dropping.draining, dropping.deleted], [3, 1, []], 'it drains first');
  let last = dropping;
  await until(
    'it is flat, and its queue and mapping vanish',
    async () => {
      last = await refreshUniverse(parts);
      return last.deleted.length > 0;
    },
    60_000,
  );
  assert.deepEqual([last.unmapped, last.deleted], [[queue], [queue]]);
  await lists(gateway, 3, 0);
  const lastOfXrp = closedOf(trading, 'XRP/USDT');
  await trading.trades(2);
  assert.equal(closedOf(trading, 'XRP/USDT'), lastOfXrp);
  const nothing = await refreshUniverse(parts);
  const { created, mapped, unmapped, deleted, pending, failed } = nothing;
  assert.deepEqual([created, mapped, unmapped, deleted, pending, failed], [[], [], [], [], [], []]);

  simulator.fault({ kind: 'clear' });
  const dying = { send: () => Promise.reject(new Error('killed')) } as unknown as typeof parts.sqs;
  await assert.rejects(refreshUniverse({ ...parts, sqs: dying }), 'the list is written, its queue is not made');
  await lists(gateway, 4, 0);
  await until(
    'ticks find no queue, and are counted',
    () =>
      gateway.lines.some(
        ({ event, code, symbol }) => event === 'send_failed' && symbol === 'XRP/USDT' && code === 'QUEUE_MISSING',
      ),
    30_000,
  );
  const healed = await refreshUniverse(parts);
  assert.deepEqual([healed.created, healed.mapped, healed.failed], [[queue], [queue], []]);
  await until('it trades again', () => closedOf(trading, 'XRP/USDT') > lastOfXrp, 60_000).catch((error: unknown) => {
    throw new Error(JSON.stringify([trading.tally(), gateway.lines.slice(-4)]), { cause: error });
  });
  assert.equal(await gateway.stop(), 0);
  await trading.atRest();
  assert.equal(await trading.mismatch(), null);
  assert.deepEqual(
    await parts.deadLetters.list(),
    [],
    'a tick of a symbol that has just left the list is no dead letter',
  );
});

/** The gateway has taken up a list of so many symbols. */
function lists(gateway: GatewayProcess, symbols: number, draining: number): Promise<number> {
  const isLast = () => {
    const told = gateway.lines.findLast(({ event }) => event === 'universe_changed');
    return told?.symbols === symbols && (told.draining as string[]).length === draining;
  };
  return until(`a list of ${symbols}`, isLast, 30_000);
}

function closedOf({ stage }: TradingStage, symbol: string): number {
  return stage.logged.filter(
    ({ event, fields }) => event === 'pair' && fields.state === 'CLOSED' && fields.symbol === symbol,
  ).length;
}
