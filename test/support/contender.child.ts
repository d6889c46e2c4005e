import { parentPort, workerData } from 'node:worker_threads';
import { contend } from './proofs/contention.ts';

/** One of many evaluators on a store file, as a thread or as a process (its order is then the second argument). */
if (parentPort === null) process.stdout.write(JSON.stringify(contend(JSON.parse(process.argv[2] ?? '{}'))));
else parentPort.postMessage(contend(workerData));
