import { type ConfigFault, faultsOf } from './config/faults.ts';
import {
  type ConfigWarning,
  contradictionsOf,
  type Parsed,
  snapshotSecondsOf,
  storeKindOf,
  warningsOf,
} from './config/rules.ts';
import { configSchema } from './config/schema.ts';

export { type ConfigFault, describeFault } from './config/faults.ts';
export { knownPaths, knownSections } from './config/paths.ts';
export type { ConfigWarning } from './config/rules.ts';

type Resolved = Omit<Parsed, 'execution' | 'snapshot' | 'store'> & {
  execution: Omit<Parsed['execution'], 'executor'> & { executor: 'function' | 'host' };
  snapshot: Omit<Parsed['snapshot'], 'everySeconds'> & { everySeconds: number };
  store: Omit<Parsed['store'], 'kind'> & { kind: 'sqlite' | 'dynamodb' };
};

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The whole configuration, every key resolved. Rates are fractions; units are in the names; null is off or no limit. */
export type Config = DeepReadonly<Resolved>;

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly ConfigWarning[] }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** Reads a configuration strictly: every fault is listed, nothing is guessed. Pure; does not change what it is given. */
export function parseConfig(raw: unknown): ParsedConfig {
  const given = withoutSchemaLink(raw);
  const parsed = configSchema.safeParse(given, { reportInput: true });
  const own = parsed.success ? [] : faultsOf(parsed.error.issues);
  const faults = [...own, ...contradictionsOf(given, own)];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  const config = parsed.data;
  const executor = config.execution.executor ?? (config.mode === 'live' ? 'host' : 'function');
  const everySeconds = config.snapshot.everySeconds ?? snapshotSecondsOf(config.wiring);
  const resolved: Resolved = {
    ...config,
    execution: { ...config.execution, executor },
    snapshot: { ...config.snapshot, everySeconds },
    store: { ...config.store, kind: storeKindOf(config.wiring) },
  };
  return { ok: true, config: resolved, warnings: warningsOf(config) };
}

/** A file may name its JSON Schema for the editor; that is no setting. */
function withoutSchemaLink(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  if (typeof (raw as { $schema?: unknown }).$schema !== 'string') return raw;
  const { $schema: _link, ...rest } = raw as Record<string, unknown>;
  return rest;
}
