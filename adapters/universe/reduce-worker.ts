import { parentPort, workerData } from 'node:worker_threads';

/** What the thread was asked for: to run a function of a module on the JSON in these bytes. */
export interface ReductionOrder {
  readonly module: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type ReductionAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

parentPort?.postMessage(await answer(workerData as ReductionOrder));

async function answer({ module, name, bytes }: ReductionOrder): Promise<ReductionAnswer> {
  try {
    const { [name]: run } = (await import(module)) as Record<string, (answer: unknown) => unknown>;
    return { ok: true, value: run!(JSON.parse(new TextDecoder().decode(bytes))) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
