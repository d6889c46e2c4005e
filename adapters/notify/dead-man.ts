/** How often the far end hears that all is well, ms. */
const EVERY_MS = 60_000;
const TIMEOUT_MS = 5000;

interface DeadManParts {
  readonly url: string;
  /** Whether all is well: trading turns, the store answers, alerts get out. */
  readonly well: () => boolean;
  readonly log: (message: string) => void;
  readonly everyMs?: number;
}

/** Calls a far end as long as all is well, so that silence is the alert. @returns what ends it */
export function startDeadMan({ url, well, log, everyMs = EVERY_MS }: DeadManParts): () => void {
  const call = () => {
    if (!well()) return;
    fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then(async (response) => {
        await response.body?.cancel();
        if (!response.ok) log(`the dead man's far end answers ${response.status}`);
      })
      .catch((error: unknown) => log(`the dead man's far end is not reached: ${(error as Error).name}`));
  };
  const timer = setInterval(call, everyMs);
  call();
  return () => clearInterval(timer);
}
