import type { z } from 'zod';

/** A message over this counts as two, bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** Why a body could not be understood; it goes to the dead-letter queue with it. */
export type Unreadable = 'oversized' | 'not_json' | 'unknown_kind' | 'unknown_version' | 'shape';

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Unreadable; readonly detail: string };

export function withinLimit(text: string): boolean {
  return text.length <= MAX_BODY_BYTES && Buffer.byteLength(text) <= MAX_BODY_BYTES;
}

/** Reads a body of one kind and version. Never throws, whatever the text is. */
export function decodeBody<T>(text: string, kind: string, version: number, shape: z.ZodType<T>): Decoded<T> {
  if (!withinLimit(text)) return unreadable('oversized', `${text.length} characters`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return unreadable('not_json', error instanceof Error ? error.message : String(error));
  }
  if (typeof body !== 'object' || body === null) return unreadable('shape', 'not an object');
  const told = body as { kind?: unknown; v?: unknown };
  if (told.kind !== kind) return unreadable('unknown_kind', `kind ${JSON.stringify(told.kind)}, not ${kind}`);
  if (told.v !== version) {
    return unreadable('unknown_version', `version ${JSON.stringify(told.v)}; this deployment understands ${version}`);
  }
  const parsed = shape.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return unreadable('shape', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
}

function unreadable(reason: Unreadable, detail: string): { ok: false; reason: Unreadable; detail: string } {
  return { ok: false, reason, detail: detail.slice(0, 200) };
}
