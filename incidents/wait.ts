/** Looks again after so long, ms. */
const LOOK_MS = 20;

/** What was waited for did not come, or is not as it has to be; the message is a finding, not a failure of the rehearsal itself. */
export class NotInTime extends Error {}

/**
 * Waits until something is there.
 *
 * @returns what it is: whatever `look` gives that is neither undefined nor false
 * @throws NotInTime after `withinMs`
 */
export async function untilThere<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs: number,
): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() - startedMs > withinMs) throw new NotInTime(`not within ${withinMs / 1000} s: ${what}`);
    await pause(LOOK_MS);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
