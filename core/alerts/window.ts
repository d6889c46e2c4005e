/** Any stretch of this length holds at most the limit of messages, ms. */
export const WINDOW_MS = 60_000;

interface Slot {
  readonly id: string;
  /** It was P0's. */
  readonly urgent: boolean;
  readonly startedMs: number;
  /** When the far end had it at the latest; null while it is under way. */
  readonly endedMs: number | null;
}

/** The sends of the last minute, stored where all senders see them; `version` is the condition of a change. */
export interface SendWindow {
  readonly version: number;
  readonly slots: readonly Slot[];
  /** The far end asked for a pause until then, ms. */
  readonly pausedUntilMs: number;
}

export const EMPTY_WINDOW: SendWindow = { version: 0, slots: [], pausedUntilMs: 0 };

export interface WindowLimits {
  /** Messages in any window. */
  readonly most: number;
  /** Of these kept for P0. */
  readonly reserved: number;
  /** A send ends by then one way or the other, ms: one whose end nobody wrote down counts as if it had taken that long. */
  readonly sendTimeoutMs: number;
}

export function windowLimits(maxPerMinute: number, sendTimeoutMs: number): WindowLimits {
  const reserved = maxPerMinute < 2 ? 0 : Math.max(1, Math.round(maxPerMinute / 5));
  return { most: maxPerMinute, reserved, sendTimeoutMs };
}

/** When a slot stops counting, ms: a message counts from when it arrived at the latest, not from when it left. */
function countsUntilMs({ startedMs, endedMs }: Slot, { sendTimeoutMs }: WindowLimits): number {
  return (endedMs ?? startedMs + sendTimeoutMs) + WINDOW_MS;
}

/** Messages that may leave now. */
export function freeSlots(window: SendWindow, nowMs: number, urgent: boolean, limits: WindowLimits): number {
  if (nowMs < window.pausedUntilMs) return 0;
  const taken = window.slots.filter((slot) => nowMs <= countsUntilMs(slot, limits)).length;
  return Math.max(0, (urgent ? limits.most : limits.most - limits.reserved) - taken);
}

/** The next moment at which a message may leave, ms. */
export function nextFreeMs(window: SendWindow, nowMs: number, urgent: boolean, limits: WindowLimits): number {
  const ends = window.slots
    .map((slot) => countsUntilMs(slot, limits))
    .filter((untilMs) => untilMs >= nowMs)
    .sort((a, b) => a - b);
  const room = urgent ? limits.most : limits.most - limits.reserved;
  const end = ends.length < room ? nowMs : ends[ends.length - room]! + 1;
  return Math.max(end, window.pausedUntilMs);
}

/** When the last message left that was not P0's, ms; null where none is in the window. */
export function lastOtherMs({ slots }: SendWindow): number | null {
  return slots.reduce<number | null>(
    (last, { urgent, startedMs }) => (urgent ? last : Math.max(last ?? 0, startedMs)),
    null,
  );
}

/** Takes a slot; null where none is free. */
export function takeSlot(
  window: SendWindow,
  id: string,
  nowMs: number,
  urgent: boolean,
  limits: WindowLimits,
): SendWindow | null {
  if (freeSlots(window, nowMs, urgent, limits) === 0) return null;
  const slots = window.slots.filter((slot) => nowMs <= countsUntilMs(slot, limits));
  return { ...window, slots: [...slots, { id, urgent, startedMs: nowMs, endedMs: null }] };
}

/** Ends a slot: it was used until now, or gives it back where nothing arrived; with a pause where one was asked for. */
export function endSlot(window: SendWindow, id: string, endedMs: number | null, pausedUntilMs = 0): SendWindow {
  const slots = window.slots.flatMap((slot) => {
    if (slot.id !== id) return [slot];
    return endedMs === null ? [] : [{ ...slot, endedMs }];
  });
  return { ...window, slots, pausedUntilMs: Math.max(window.pausedUntilMs, pausedUntilMs) };
}
