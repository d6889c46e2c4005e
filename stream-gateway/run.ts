import process from 'node:process';
import { aborted } from '#adapters/wiring/aborted.ts';
import { failureOf } from '#adapters/wiring/function-failures.ts';
import { openGateway } from '#adapters/wiring/gateway.ts';
import { createJsonLog, type Log } from '#adapters/wiring/log.ts';
import { startPush } from '#adapters/wiring/otlp.ts';
import { readProcessConfig } from '#adapters/wiring/process-config.ts';
import { Gateway } from './gateway.ts';

/** A stop that takes longer than this is given up, ms. */
const STOP_MS = 9000;
/** Nothing was started: arguments or configuration are wrong, or the table is somebody else's. */
const USAGE_CODES: ReadonlySet<string> = new Set(['USAGE', 'CONFIG_INVALID', 'STORE_FOREIGN']);

/** The whole life of the process: it ends with this. */
export async function runGateway(): Promise<never> {
  const log = createJsonLog(process.env, (line) => process.stderr.write(line));
  let exitCode: number;
  try {
    exitCode = await untilStopped(log);
  } catch (error) {
    const told = failureOf(error);
    log('error', 'gateway_failed', told);
    exitCode = USAGE_CODES.has(told.code) ? 2 : 1;
  }
  // Whatever a request that nobody awaits keeps open must not keep the process.
  process.exit(exitCode);
}

/** Runs until SIGTERM or SIGINT. @returns the exit code */
async function untilStopped(log: Log): Promise<number> {
  const { config, source, warnings } = readProcessConfig(process.argv.slice(2), process.env);
  for (const message of warnings) log('warn', 'config', { message });
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopping.abort(name));
  const opened = await openGateway(config, log, stopping.signal);
  if (opened === null) return 0;
  const gateway = new Gateway({ ...opened, config, log, configSource: source });
  await gateway.start();
  const push = await startPush(gateway.telemetry, 'twinleg-gateway', (message) => log('warn', 'otlp', { message }));
  const reason = await aborted(stopping.signal);
  log('info', 'stopping', { reason });
  const late = setTimeout(() => {
    log('error', 'stop', { message: `not stopped within ${STOP_MS} ms; the lease runs out by itself` });
    process.exit(1);
  }, STOP_MS);
  await gateway.stop();
  await push.close();
  await opened.close();
  clearTimeout(late);
  log('info', 'stopped');
  return 0;
}
