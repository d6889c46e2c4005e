import type { AlertSecrets } from '#adapters/config/secrets.ts';
import type { UniverseKeeper } from '#adapters/universe/keeper.ts';
import type { VenueId } from '#core/market/types.ts';
import type { RunClock } from './clock.ts';
import type { RunOptions } from './embedded.ts';
import type { RunStore } from './run-store.ts';
import type { VenueAddress } from './start-venues.ts';
import type { StartedUniverse } from './universe-start.ts';

/** What a run is made of: opened, read and checked before it begins. */
export interface LiveRunParts extends RunOptions {
  readonly stored: RunStore;
  readonly clock: RunClock;
  readonly epoch: number;
  readonly universe: StartedUniverse;
  readonly keeper: UniverseKeeper;
  readonly urls: Readonly<Record<VenueId, VenueAddress>>;
  readonly source: string;
  readonly secrets: AlertSecrets;
  /** The run before ended without a stop: when it was last alive, ms; null where it was stopped or there was none. */
  readonly crashedMs: number | null;
}
