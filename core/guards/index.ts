import { cooldown } from './cooldown.ts';
import { fxStale } from './fx-stale.ts';
import { killSwitch } from './kill-switch.ts';
import { maxExposure } from './max-exposure.ts';
import { maxPosition } from './max-position.ts';
import { openPositions } from './open-positions.ts';
import { quoteStale } from './quote-stale.ts';
import { spreadInsane } from './spread-insane.ts';
import type { Guard } from './types.ts';
import { venueInventory } from './venue-inventory.ts';

/** Every guard, in the order in which they are asked: global, then portfolio, then symbol. */
export const GUARDS: readonly Guard[] = [
  killSwitch,
  fxStale,
  maxExposure,
  openPositions,
  venueInventory,
  maxPosition,
  cooldown,
  quoteStale,
  spreadInsane,
];
