import assert from 'node:assert/strict';

/** Waits for something to become true, looking again and again; fails with its name after so long. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<number> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > withinMs) assert.fail(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - startedMs;
}
