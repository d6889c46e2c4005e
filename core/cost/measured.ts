import measured from './measured.json' with { type: 'json' };
import type { MeasuredHour } from './rates.ts';

/** What was counted, as `npm run bench:cloud -- hour` left it. */
export const MEASURED = measured as readonly MeasuredHour[];
