import { exposureRoom } from '../portfolio/portfolio.ts';
import type { Guard } from './types.ts';

/** Caps of exposure, in total, by venue and by direction. Protects from holding more than was meant to be at risk. */
export const maxExposure: Guard = {
  code: 'MAX_EXPOSURE',
  tier: 'portfolio',
  always: true,
  does: 'refuse',
  protectsFrom: 'holding more than was meant to be at risk',
  key: 'portfolio.maxTotalExposureUsdt',
  passes: (context) => context.wish.limitedBy !== 'MAX_EXPOSURE',
  value: (context) => Number(context.exposure.totalUsdt),
  limit: (context) => {
    const { exposure, settings, wish } = context;
    return exposureRoom(exposure, settings.limits, wish.direction).plus(exposure.totalUsdt).toNumber();
  },
};
