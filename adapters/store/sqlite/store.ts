import type { Alert } from '#core/alerts/types.ts';
import { withHold, withOperator } from '#core/engine/control.ts';
import {
  type ControlState,
  type DecisionRecord,
  INITIAL_CONTROL,
  type SymbolState,
  type Transition,
} from '#core/engine/state.ts';
import { FINAL_STATES, type Pair } from '#core/execution/types.ts';
import { changeTally, minuteIsFull, NO_TALLY, type Tally, type TallyChange } from '#core/guards/tally.ts';
import { decimal } from '#core/market/money.ts';
import {
  type BalanceChange,
  changeExposure,
  type Exposure,
  exposureRoom,
  NO_EXPOSURE,
} from '#core/portfolio/portfolio.ts';
import { isTrade } from '#core/portfolio/trade.ts';
import type { CommitRequest, CommitResult, HoldRequest, HoldResult, Store } from '#core/ports/store.ts';
import { createAlertWriter } from './alert-writer.ts';
import { readBalances } from './balance-rows.ts';
import { type Database, storeError } from './database.ts';
import { createKpiTable } from './kpi-table.ts';
import { type Row, readPairRow } from './pair-row.ts';
import { prepareStatements } from './statements.ts';

/** A condition of the transaction does not hold: nothing of it is written. */
class Conflict extends Error {
  readonly result: CommitResult;

  constructor(result: CommitResult) {
    super('conflict');
    this.result = result;
  }
}

/** The engine's store on one SQLite file: each transition is one immediate transaction with conditions. */
export function createSqliteStore(database: Database): Store {
  const { keys } = database;
  const sql = prepareStatements(database.db);
  const kpi = createKpiTable(database);
  const alertWriter = createAlertWriter(database);

  function readControl(): ControlState {
    const row = sql.getItem.get(keys.control());
    return row === undefined ? INITIAL_CONTROL : { ...JSON.parse(String(row.body)), version: Number(row.version) };
  }

  function writeControl(control: ControlState): void {
    const { version, ...body } = control;
    sql.putItem.run(keys.control(), version, JSON.stringify(body), null);
  }

  function readExposure(): Exposure {
    const row = sql.getExposure.get(keys.exposure());
    if (row === undefined) return NO_EXPOSURE;
    return {
      totalUsdt: String(row.total_usdt),
      byDirection: { SELL_UPBIT: String(row.sell_upbit_usdt), SELL_BINANCE: String(row.sell_binance_usdt) },
      positions: Number(row.positions),
    };
  }

  function readTally(): Tally {
    const row = sql.getItem.get(keys.tally());
    return row === undefined ? NO_TALLY : JSON.parse(String(row.body));
  }

  function addToTally(change: TallyChange | null, maxEntriesPerMinute: number | null): Tally {
    const tally = readTally();
    if (change === null) return tally;
    if (minuteIsFull(tally, change, maxEntriesPerMinute)) throw new Conflict({ ok: false, conflict: 'pace', tally });
    const next = changeTally(tally, change);
    sql.putItem.run(keys.tally(), 0, JSON.stringify(next), null);
    return next;
  }

  function readPair(positionKey: string): Pair {
    const row = sql.getPosition.get(positionKey);
    if (row === undefined) throw new Error(`position ${positionKey} is missing`);
    return readPairRow(row, sql.fillsOf.all(String(row.id)));
  }

  function readSymbol(row: Row): SymbolState {
    const position = row.position_key;
    return {
      symbol: String(row.symbol),
      version: Number(row.version),
      epoch: Number(row.epoch),
      seq: Number(row.seq),
      pair: position === null ? null : readPair(String(position)),
      cooldownUntilMs: row.cooldown_until_ms as number | null,
      stopSinceMs: row.stop_since_ms as number | null,
      losses: JSON.parse(String(row.losses)),
    };
  }

  function storedSymbol(symbol: string): SymbolState {
    const row = sql.getSymbol.get(keys.symbol(symbol));
    if (row === undefined) throw new Error(`symbol ${symbol} is missing`);
    return readSymbol(row);
  }

  /** Moves the symbol on where it is still at the expected version and its last decision is older. */
  function moveSymbol(request: CommitRequest): void {
    const { next, pair, decidedOnTick } = request.transition;
    const position = next.pair === null ? null : keys.position(next.symbol, pair.id);
    const key = keys.symbol(next.symbol);
    const { version, epoch, seq, cooldownUntilMs, stopSinceMs } = next;
    const losses = JSON.stringify(next.losses);
    const written =
      request.expectedVersion === 0
        ? sql.insertSymbol.run(key, next.symbol, version, epoch, seq, position, cooldownUntilMs, stopSinceMs, losses)
        : sql.moveSymbol.run(
            version,
            epoch,
            seq,
            position,
            cooldownUntilMs,
            stopSinceMs,
            losses,
            key,
            request.expectedVersion,
            decidedOnTick ? 1 : 0,
            epoch,
            epoch,
            seq,
          );
    if (written.changes === 0) throw new Conflict({ ok: false, conflict: 'state', state: storedSymbol(next.symbol) });
  }

  function requireTradingState(request: CommitRequest): void {
    const { requires, hold } = request.transition;
    if (requires === null && hold === null) return;
    const control = readControl();
    const allowed =
      requires === null ||
      (requires === 'ACTIVE' ? control.tradingState === 'ACTIVE' : control.tradingState !== 'HALTED');
    if (control.version === request.controlVersion && allowed) return;
    throw new Conflict({ ok: false, conflict: 'control', control });
  }

  function reserve(request: CommitRequest): Exposure {
    const exposure = readExposure();
    const { exposure: change } = request.transition;
    if (change === null) return exposure;
    const next = changeExposure(exposure, change);
    if (change.positions > 0) {
      const { maxOpenPositions } = request.caps;
      const fits = exposureRoom(exposure, request.caps, change.direction).gte(change.usdt);
      if (!fits || (maxOpenPositions !== null && next.positions > maxOpenPositions)) {
        throw new Conflict({ ok: false, conflict: 'headroom', exposure });
      }
    }
    const { SELL_UPBIT, SELL_BINANCE } = next.byDirection;
    sql.putExposure.run(keys.exposure(), next.totalUsdt, SELL_UPBIT, SELL_BINANCE, next.positions);
    return next;
  }

  function addBalance({ venue, asset, quantity }: BalanceChange): void {
    const key = keys.balance(venue, asset);
    const held = sql.getBalance.get(key);
    sql.putBalance.run(
      key,
      venue,
      asset,
      decimal(String(held?.quantity ?? '0'))
        .plus(quantity)
        .toString(),
    );
  }

  function writePair(transition: Transition, before: readonly string[]): void {
    const { pair, fills } = transition;
    const { fills: _fills, ...body } = pair;
    const key = keys.position(pair.symbol, pair.id);
    sql.putPosition.run(key, pair.id, pair.symbol, pair.state, pair.decidedAtMs, pair.closedAtMs, JSON.stringify(body));
    for (const fill of fills) {
      sql.insertFill.run(keys.fill(pair.symbol, fill.orderId), pair.id, fill.atMs, JSON.stringify(fill));
    }
    const pending = new Set(pair.pending.map(({ id }) => id));
    for (const order of pair.pending) {
      sql.putOrder.run(keys.order(pair.symbol, order.id), pair.id, order.status, JSON.stringify(order));
    }
    for (const id of before) if (!pending.has(id)) sql.finishOrder.run(keys.order(pair.symbol, id));
  }

  function writeRecords(decisions: readonly DecisionRecord[], alerts: readonly Alert[]): void {
    for (const decision of decisions) {
      const { symbol, atMs } = decision;
      const key = keys.decision(symbol, decision.id);
      const kept = sql.insertDecision.run(
        key,
        symbol,
        atMs,
        decision.decision,
        decision.code,
        JSON.stringify(decision),
      );
      if (kept.changes > 0 && (decision.decision === 'REFUSED' || decision.decision === 'HELD')) {
        sql.countTrigger.run(keys.trigger(symbol, decision.code), symbol, decision.code, atMs);
      }
    }
    for (const alert of alerts) alertWriter.write(alert);
  }

  function commitAll(request: CommitRequest): CommitResult {
    const { transition } = request;
    requireTradingState(request);
    const before = sql.openOrders.all(transition.pair.id).map((row) => String(row.id));
    moveSymbol(request);
    const exposure = reserve(request);
    for (const change of transition.balances) addBalance(change);
    writePair(transition, before);
    if (FINAL_STATES.has(transition.pair.state) && isTrade(transition.pair)) kpi.add(transition.pair);
    writeRecords(transition.decision === null ? [] : [transition.decision], transition.alerts);
    const control = transition.hold === null ? null : withHold(readControl(), transition.hold);
    if (control !== null) writeControl(control);
    const tally = addToTally(transition.tally, request.caps.maxEntriesPerMinute);
    return { ok: true, exposure, tally, control };
  }

  function holdAll({ controlVersion, change, decisions, alerts }: HoldRequest): HoldResult {
    const before = readControl();
    if (before.version !== controlVersion) return { ok: false, control: before };
    const control = withHold(before, change);
    writeControl(control);
    writeRecords(decisions, alerts);
    return { ok: true, control };
  }

  /** Every failure of the store leaves it with its file's name and a remedy. */
  function attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw storeError(database.file, error);
    }
  }

  return {
    load: () =>
      attempt(() => ({
        control: readControl(),
        symbols: sql.allSymbols.all().map(readSymbol),
        exposure: readExposure(),
        tally: readTally(),
        ...readBalances(sql.allBalances.all()),
      })),
    commit(request) {
      return attempt(() => {
        try {
          return database.transaction(() => commitAll(request));
        } catch (error) {
          if (error instanceof Conflict) return error.result;
          throw error;
        }
      });
    },
    seedBalances(balances) {
      attempt(() =>
        database.transaction(() => {
          for (const { venue, asset, quantity, valueUsdt } of balances) {
            sql.seedBalance.run(keys.balance(venue, asset), venue, asset, quantity, quantity, valueUsdt);
          }
        }),
      );
    },
    record(decisions, alerts) {
      attempt(() => database.transaction(() => writeRecords(decisions, alerts)));
    },
    control: () => attempt(readControl),
    putControl(control) {
      attempt(() => database.transaction(() => writeControl(control)));
    },
    hold(request) {
      return attempt(() => database.transaction(() => holdAll(request)));
    },
    changeControl(change) {
      return attempt(() =>
        database.transaction(() => {
          const control = withOperator(readControl(), change);
          writeControl(control);
          return control;
        }),
      );
    },
  };
}
