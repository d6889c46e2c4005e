import { setTimeout as sleep } from 'node:timers/promises';
import { isAlertCode } from '#core/alerts/catalogue.ts';
import { REPORTED } from '#core/alerts/faults.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { isOfRefusal } from '#core/alerts/refusals.ts';
import { whyOver } from '#core/alerts/settled.ts';
import { isHolding, OUTCOME_UNKNOWN } from '#core/engine/control.ts';
import { isBetweenStates } from '#core/execution/types.ts';
import { reconcileMismatch } from '#core/guards/reconcile-mismatch.ts';
import { reservationMismatch } from '#core/portfolio/reservations.ts';
import type { StoredState } from '#core/ports/store.ts';
import { failureOf } from './function-failures.ts';
import type { FunctionParts } from './lambda.ts';
import type { SnapshotOutcome, Upkeep } from './upkeep.ts';

/** Two looks at the ledger are so far apart, ms: what was under way at the first is done by the second. */
const LOOK_AGAIN_MS = 3000;
/** A failure that did not come again for so long is over, ms: this looks once a minute. */
const QUIET_MS = 150_000;

export interface HousekeepResult {
  /** Pairs between states that were gone on with. */
  readonly swept: number;
  readonly mismatch: string | null;
  readonly openPositions: number;
  /** Trades that were counted into the stored figures. */
  readonly counted: number;
  readonly snapshot: SnapshotOutcome;
}

/**
 * The sweep behind everything else: leaves a message for each pair between states, whose own may have been lost with the
 * invocation that left it, and holds entries back while reservations and positions do not match.
 */
export async function housekeep(
  parts: Pick<FunctionParts, 'store' | 'wind' | 'log' | 'now' | 'alerts' | 'openAlerts' | 'flush' | 'gatewayStatus'> & {
    readonly upkeep: Upkeep;
  },
): Promise<HousekeepResult> {
  const { store, wind, log, upkeep, now } = parts;
  let stored = await store.load();
  let swept = 0;
  for (const { symbol, pair, version } of stored.symbols) {
    if (pair === null || !isBetweenStates(pair)) continue;
    await wind({ symbol, positionId: pair.id, version });
    swept++;
  }
  let mismatch = reservationMismatch(stored);
  if (mismatch !== null) {
    // Items are read one after the other: only what differs twice in the same way differs.
    await sleep(LOOK_AGAIN_MS);
    stored = await store.load();
    if (reservationMismatch(stored) !== mismatch) mismatch = null;
  }
  await holdWhile(mismatch, stored, parts);
  await missGateway(parts);
  await endAlerts(parts, stored);
  const openPositions = stored.symbols.filter(({ pair }) => pair !== null).length;
  const counted = await upkeep.rollUp(now()).catch((error: unknown) => {
    log('error', 'kpis_not_rolled_up', failureOf(error));
    return 0;
  });
  const { outcome: snapshot, detail } = await upkeep.snapshot(now());
  const isWell = mismatch === null && snapshot !== 'failed';
  log(isWell ? 'info' : 'error', 'housekept', { swept, mismatch, openPositions, counted, snapshot, detail });
  await parts.flush();
  return { swept, mismatch, openPositions, counted, snapshot };
}

/** A gateway that did not say that it stops, and says nothing any more, is dead: nobody else would tell. */
async function missGateway({ gatewayStatus, alerts, now }: Pick<FunctionParts, 'gatewayStatus' | 'alerts' | 'now'>) {
  const status = await gatewayStatus(now());
  if (status === null || !status.expired || status.value.running !== true) return;
  const seconds = Math.round((now() - (status.value.atMs ?? 0)) / 1000);
  alerts.alert(raise('ENGINE_CRASHED', 'gateway', now(), `the gateway has said nothing for ${seconds} s`));
}

async function holdWhile(
  mismatch: string | null,
  { control, symbols }: StoredState,
  { store, now, alerts }: Pick<FunctionParts, 'store' | 'now' | 'alerts'>,
): Promise<void> {
  const atMs = now();
  const put = async (code: string, holds: boolean, reason: string) => {
    const change = { code, holds, reason, atMs };
    // Its end is found with all others that are over.
    const raised = holds && isAlertCode(code) ? [raise(code, '', atMs, reason)] : [];
    const request = { ordinal: 1, controlVersion: control.version, change, decisions: [], alerts: raised };
    if ((await store.hold(request)).ok) for (const alert of raised) alerts.alert(alert);
  };
  const { code } = reconcileMismatch;
  if (isHolding(control, code) !== (mismatch !== null)) {
    await put(code, mismatch !== null, mismatch ?? 'reservations and positions match again');
    return;
  }
  const unknown = symbols.some(({ pair }) => pair?.pending.some(({ status }) => status === 'unknown'));
  if (isHolding(control, OUTCOME_UNKNOWN) && !unknown) {
    await put(OUTCOME_UNKNOWN, false, 'every outcome is known again');
  }
}

/** Ends alerts whose condition is gone: of the engine by what is stored, of failures and refusals when none came for a while. */
async function endAlerts(
  { store, openAlerts, alerts, now }: Pick<FunctionParts, 'store' | 'openAlerts' | 'alerts' | 'now'>,
  { symbols }: StoredState,
): Promise<void> {
  const open = await openAlerts();
  if (open.length === 0) return;
  const ground = { states: symbols, control: await store.control() };
  for (const { alert, lastAtMs } of open) {
    const { code, subject } = alert;
    if (!isAlertCode(code)) continue;
    // One that goes on is noted each minute.
    const clearMs = isOfRefusal(code) ? QUIET_MS : REPORTED[code];
    const isQuiet = clearMs !== undefined && now() - lastAtMs > Math.max(clearMs, QUIET_MS);
    const reason = isQuiet ? 'it did not come again' : whyOver(alert, ground);
    if (reason !== null) alerts.alert(resolve(code, subject, now(), reason));
  }
}
