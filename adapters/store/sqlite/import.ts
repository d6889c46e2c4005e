import { isDeepStrictEqual } from 'node:util';
import type { SymbolState } from '#core/engine/state.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { Database } from './database.ts';
import { prepareStatements } from './statements.ts';

/** Writes a whole state into an empty store: the starting state of a recording, for its replay. */
export function importState(database: Database, state: StoredState): void {
  const { keys } = database;
  const sql = prepareStatements(database.db);

  function importSymbol(state: SymbolState): void {
    const { symbol, version, epoch, seq, pair, cooldownUntilMs, stopSinceMs } = state;
    const losses = JSON.stringify(state.losses);
    const position = pair === null ? null : keys.position(symbol, pair.id);
    sql.insertSymbol.run(
      keys.symbol(symbol),
      symbol,
      version,
      epoch,
      seq,
      position,
      cooldownUntilMs,
      stopSinceMs,
      losses,
    );
    if (pair === null) return;
    const { fills, ...body } = pair;
    sql.putPosition.run(position, pair.id, symbol, pair.state, pair.decidedAtMs, pair.closedAtMs, JSON.stringify(body));
    for (const fill of fills)
      sql.insertFill.run(keys.fill(symbol, fill.orderId), pair.id, fill.atMs, JSON.stringify(fill));
    for (const order of pair.pending) {
      sql.putOrder.run(keys.order(symbol, order.id), pair.id, order.status, JSON.stringify(order));
    }
  }

  database.transaction(() => {
    const { version, ...control } = state.control;
    if (version > 0) sql.putItem.run(keys.control(), version, JSON.stringify(control), null);
    const { totalUsdt, byDirection, positions } = state.exposure;
    sql.putExposure.run(keys.exposure(), totalUsdt, byDirection.SELL_UPBIT, byDirection.SELL_BINANCE, positions);
    sql.putItem.run(keys.tally(), 0, JSON.stringify(state.tally), null);
    for (const symbol of state.symbols) importSymbol(symbol);
    for (const [name, quantity] of Object.entries(state.balances)) {
      const [venue = '', asset = ''] = name.split(':');
      const first = state.firstBalances[name];
      const key = keys.balance(venue, asset);
      sql.seedBalance.run(key, venue, asset, quantity, first?.quantity ?? null, first?.valueUsdt ?? null);
    }
  });
}

/** Names the parts in which two states differ; empty where they are equal by value. */
export function differingParts(a: StoredState, b: StoredState): string[] {
  const parts: string[] = [];
  if (!isDeepStrictEqual(a.control, b.control)) parts.push('control');
  if (!isDeepStrictEqual(a.exposure, b.exposure)) parts.push('exposure');
  if (!isDeepStrictEqual(a.tally, b.tally)) parts.push('tally');
  for (const name of new Set([...Object.keys(a.balances), ...Object.keys(b.balances)])) {
    if (a.balances[name] !== b.balances[name]) parts.push(`balance ${name}`);
  }
  const bySymbol = (state: StoredState) => new Map(state.symbols.map((each) => [each.symbol, each]));
  const [inA, inB] = [bySymbol(a), bySymbol(b)];
  for (const symbol of new Set([...inA.keys(), ...inB.keys()])) {
    if (!isDeepStrictEqual(inA.get(symbol), inB.get(symbol))) parts.push(`symbol ${symbol}`);
  }
  return parts;
}
