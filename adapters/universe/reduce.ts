import { Worker } from 'node:worker_threads';
import type { ReductionAnswer, ReductionOrder } from './reduce-worker.ts';

/**
 * What is made of a large answer. The function is found again by its module and name, so that a thread can run it; what it
 * returns is handed over by value.
 */
export interface Reduction<T> {
  readonly module: URL;
  readonly name: string;
  readonly run: (answer: unknown) => T;
}

/** Reading JSON of this size takes about a millisecond; a thread costs more than it spares, bytes. */
const THREAD_BYTES = 100_000;

/**
 * Parses an answer and makes of it what is needed: a large one in a thread of its own, so that whoever trades goes on meanwhile.
 *
 * @throws Error where it is no JSON
 */
export async function reduceAnswer<T>(bytes: Uint8Array<ArrayBuffer>, reduction: Reduction<T>): Promise<T> {
  const { module, name, run } = reduction;
  if (bytes.byteLength < THREAD_BYTES) return run(JSON.parse(new TextDecoder().decode(bytes)));
  const order: ReductionOrder = { module: module.href, name, bytes };
  const answer = await new Promise<ReductionAnswer>((resolve, reject) => {
    const file = new URL('./reduce-worker.ts', import.meta.url);
    const worker = new Worker(file, { workerData: order, transferList: [bytes.buffer] });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  });
  if (!answer.ok) throw new Error(answer.message);
  return answer.value as T;
}
