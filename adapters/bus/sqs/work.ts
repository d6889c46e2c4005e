import { z } from 'zod';
import { type Decoded, decodeBody } from './body.ts';

/** Version of the work message; another one is not understood. */
const WORK_VERSION = 1;

const workShape = z.strictObject({
  v: z.literal(WORK_VERSION),
  kind: z.literal('continue'),
  symbol: z.string().regex(/^[A-Z0-9]{1,20}\/USDT$/),
  positionId: z.string().min(1).max(36),
  /** Not before this, ms. */
  dueAtMs: z.number(),
  /** Version of the symbol's state that the message was left by. */
  version: z.int().min(0),
});

/** Goes on with a pair that is between states; the delayed message is its clock. */
export type Work = Omit<z.infer<typeof workShape>, 'v' | 'kind'>;

export function encodeWork(work: Work): string {
  return JSON.stringify({ v: WORK_VERSION, kind: 'continue', ...work });
}

export function decodeWork(text: string): Decoded<Work> {
  const read = decodeBody(text, 'continue', WORK_VERSION, workShape);
  if (!read.ok) return read;
  const { symbol, positionId, dueAtMs, version } = read.value;
  return { ok: true, value: { symbol, positionId, dueAtMs, version } };
}
