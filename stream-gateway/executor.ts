import process from 'node:process';
import { runExecutor } from '#adapters/wiring/executor.ts';
import { failureOf } from '#adapters/wiring/function-failures.ts';
import { createFunctionParts } from '#adapters/wiring/lambda.ts';
import { createJsonLog } from '#adapters/wiring/log.ts';
import { startPush } from '#adapters/wiring/otlp.ts';

const log = createJsonLog(process.env, (line) => process.stderr.write(line));
const stopping = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopping.abort(name));
try {
  const parts = createFunctionParts(process.env, (level, event, fields) => log(level, event, { ...fields }), 'host');
  const push = await startPush(parts.telemetry, 'twinleg-executor', (message) => log('warn', 'otlp', { message }));
  await runExecutor(parts, stopping.signal);
  await push.close();
} catch (error) {
  log('error', 'executor_failed', failureOf(error));
  process.exitCode = 1;
}
// Whatever a request that nobody awaits keeps open must not keep the process.
process.exit();
