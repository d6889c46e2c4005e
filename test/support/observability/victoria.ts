import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, startServer } from '../../../infra/observability/server.ts';

/** A server that both scrapes and takes OTLP, and answers PromQL. */
const MODULE = 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics';
const VERSION = 'v1.151.0';
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'twinleg-tools', VERSION);
const PROGRAM = join(CACHE, 'victoria-metrics');

/** Builds it once, a minute; undefined where it is there, else why it cannot be had. */
export function missingVictoria(): string | undefined {
  if (existsSync(PROGRAM)) return undefined;
  mkdirSync(CACHE, { recursive: true });
  try {
    execFileSync('go', ['install', '-trimpath', '-ldflags', '-s -w', `${MODULE}@${VERSION}`], {
      stdio: 'pipe',
      env: { ...process.env, GOBIN: CACHE, CGO_ENABLED: '0' },
    });
    return undefined;
  } catch (error) {
    return `VictoriaMetrics cannot be built with go: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

/** @param directory for its data @param scrapeConfig file that tells it what to scrape */
export async function startVictoria(directory: string, scrapeConfig: string): Promise<Server> {
  const port = await freePort();
  const args = [
    `-httpListenAddr=127.0.0.1:${port}`,
    `-storageDataPath=${directory}`,
    `-promscrape.config=${scrapeConfig}`,
    '-opentelemetry.usePrometheusNaming',
    '-opentelemetry.promoteScopeMetadata=false',
    '-search.latencyOffset=0s',
    '-loggerLevel=ERROR',
  ];
  return startServer({ program: PROGRAM, args, port, healthPath: '/health' });
}
