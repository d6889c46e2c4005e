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

/** Waits until assertions hold, trying them again and again; after so long it fails with the last of their faults. */
export async function untilPasses(check: () => Promise<void>, withinMs = 10_000): Promise<void> {
  let fault: unknown;
  const isPassed = async () => {
    try {
      await check();
      return true;
    } catch (error) {
      fault = error;
      return false;
    }
  };
  await until('assertions hold', isPassed, withinMs).catch(() => {
    throw fault;
  });
}
