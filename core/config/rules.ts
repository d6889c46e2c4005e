import type { z } from 'zod';
import { BINANCE_MIN_NOTIONAL_USDT } from '../market/instruments-table.ts';
import type { ConfigFault } from './faults.ts';
import { shapeOf } from './paths.ts';
import { configSchema } from './schema.ts';

/** The configuration as the schema gives it: defaults filled in, what follows from other keys still open. */
export type Parsed = z.infer<typeof configSchema>;

/** Something allowed that the operator should know of. */
export interface ConfigWarning {
  /** Dotted path of the key. */
  readonly path: string;
  readonly message: string;
}

/** Where the state is kept follows from the wiring. */
export function storeKindOf(wiring: Parsed['wiring']): 'sqlite' | 'dynamodb' {
  return wiring === 'embedded' ? 'sqlite' : 'dynamodb';
}

/** How often the state is saved follows from the wiring, s: in the cloud each snapshot is paid by what the whole table holds. */
export function snapshotSecondsOf(wiring: Parsed['wiring']): number {
  return wiring === 'cloud' ? 21_600 : 300;
}

/** Keys that are right alone and wrong together. `of`: the keys that the verdict rests on. */
function contradictions(config: Parsed): (ConfigFault & { readonly of: readonly string[] })[] {
  const { mode, wiring, store, live, execution, universe, paper } = config;
  const found: (ConfigFault & { of: string[] })[] = [];
  const kind = storeKindOf(wiring);
  const add = (path: string, of: string[], message: string) => found.push({ path, of: [path, ...of], message });
  if (store.kind !== undefined && store.kind !== kind) {
    add('store.kind', ['wiring'], `wiring ${wiring} keeps its state in ${kind}; leave store.kind out`);
  }
  if (mode === 'live' && live.confirm === null) {
    add('live.confirm', ['mode'], 'mode live trades real money: it needs the label of the account here');
  }
  if (mode === 'live' && execution.executor === 'function') {
    add(
      'execution.executor',
      ['mode'],
      'mode live sends its orders from a host (one fixed address), not from functions',
    );
  }
  const count = universe.symbols.length;
  if (universe.mode === 'SINGLE' && count !== 1) {
    add('universe.symbols', ['universe.mode'], `mode SINGLE takes exactly one symbol, not ${count}`);
  }
  if (universe.mode === 'FIXED_LIST' && count === 0) {
    add('universe.symbols', ['universe.mode'], 'mode FIXED_LIST needs at least one symbol');
  }
  const { allow, deny } = universe.filters;
  if (allow.length > 0 && allow.every((symbol) => deny.includes(symbol))) {
    add('universe.filters.deny', ['universe.filters.allow'], 'denies every symbol that universe.filters.allow names');
  }
  const { rejectRate, timeoutRate, lostAnswerRate } = paper.faults;
  if (rejectRate + timeoutRate + lostAnswerRate > 1) {
    const rates = ['paper.faults.rejectRate', 'paper.faults.timeoutRate', 'paper.faults.lostAnswerRate'];
    add('paper.faults', rates, 'the three rates add up to more than 1');
  }
  return found;
}

/** The contradictions among the keys that are right by themselves, `faulty` being those that are not. */
export function contradictionsOf(raw: unknown, faulty: readonly ConfigFault[]): ConfigFault[] {
  const parsed = configSchema.safeParse(soundPart(configSchema, raw));
  if (!parsed.success) return [];
  const isWithin = (path: string, section: string) => path === section || path.startsWith(`${section}.`);
  const rests = (path: string) => faulty.some((fault) => isWithin(fault.path, path) || isWithin(path, fault.path));
  return contradictions(parsed.data)
    .filter(({ of }) => !of.some(rests))
    .map(({ path, message }) => ({ path, message }));
}

/** What is left of a configuration without the keys that are unknown or wrong by themselves. */
function soundPart(schema: unknown, raw: unknown): Record<string, unknown> {
  const sound: Record<string, unknown> = {};
  if (typeof raw !== 'object' || raw === null) return sound;
  for (const [key, inner] of Object.entries(shapeOf(schema) ?? {})) {
    if (!Object.hasOwn(raw, key)) continue;
    const value = (raw as Record<string, unknown>)[key];
    if (shapeOf(inner) !== undefined) sound[key] = soundPart(inner, value);
    else if (inner.safeParse(value).success) sound[key] = value;
  }
  return sound;
}

/** Binance's; Upbit's 5000 KRW are less. */
const SMALLEST_ORDER_USDT = Number(BINANCE_MIN_NOTIONAL_USDT);

/** Settings that are allowed but unlikely to be meant, or that lower a protection. */
export function warningsOf(config: Parsed): ConfigWarning[] {
  const { mode, server, strategy, portfolio, universe, paper, guards } = config;
  const warnings: ConfigWarning[] = [];
  const add = (path: string, message: string) => warnings.push({ path, message });
  if (!/^(127\.|localhost$|::1$)/.test(server.host)) {
    add('server.host', `${server.host} is reachable from outside; metrics and health ask for no password`);
  }
  if (strategy.maxPositionSizeUsdt > portfolio.maxTotalExposureUsdt) {
    add('strategy.maxPositionSizeUsdt', 'is above portfolio.maxTotalExposureUsdt, which cuts every position down');
  }
  const sizes = [
    ['strategy.maxPositionSizeUsdt', strategy.maxPositionSizeUsdt],
    ['portfolio.maxTotalExposureUsdt', portfolio.maxTotalExposureUsdt],
    ['portfolio.maxVenueExposureUsdt', portfolio.maxVenueExposureUsdt],
    ['portfolio.maxDirectionExposureUsdt', portfolio.maxDirectionExposureUsdt],
  ] as const;
  for (const [path, usdt] of sizes) {
    if (usdt !== null && usdt < SMALLEST_ORDER_USDT) {
      add(path, `is below the venues’ smallest order, about ${SMALLEST_ORDER_USDT} USDT: nothing can be opened`);
    }
  }
  for (const symbol of universe.symbols) {
    if (universe.filters.deny.includes(symbol)) add('universe.filters.deny', `${symbol} is on universe.symbols too`);
  }
  const { rejectRate, timeoutRate, lostAnswerRate } = paper.faults;
  if (mode === 'paper' && rejectRate + timeoutRate + lostAnswerRate > 0) {
    add('paper.faults', 'faults are injected into orders on purpose');
  }
  if (mode === 'paper' && paper.balances !== null) {
    if (!(paper.balances.binance.USDT ?? 0)) add('paper.balances.binance', 'holds no USDT to buy with');
    if (!(paper.balances.upbit.KRW ?? 0)) add('paper.balances.upbit', 'holds no KRW to buy with');
  }
  if (mode === 'live') {
    for (const [guard, limits] of Object.entries(guards)) {
      for (const [limit, value] of Object.entries(limits)) {
        if (value === null) add(`guards.${guard}.${limit}`, 'this guard is off while real money is traded');
      }
    }
  }
  return warnings;
}
