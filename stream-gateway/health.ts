import process from 'node:process';
import { readProcessConfig } from '#adapters/wiring/process-config.ts';

/** Asks the gateway, or the worker that orders leave from, of this machine whether it is well: exit code 0, or 1. For a container's health check. */
const { host, port } = readProcessConfig(process.argv.slice(2), process.env).config.server;
const name = host.includes(':') ? `[${host}]` : host;
try {
  const response = await fetch(`http://${name}:${port}/health`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
