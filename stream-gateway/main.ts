import { setFlagsFromString } from 'node:v8';

// A gateway makes little garbage: a young generation that stays small from the start costs no time and much less memory.
// So this comes before anything else is loaded.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=30');
const { runGateway } = await import('./run.ts');
await runGateway();
