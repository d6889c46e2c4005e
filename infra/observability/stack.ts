import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlertmanagerOptions, alertmanagerConfig, prometheusConfig } from '../prometheus/config.ts';
import { toYaml } from '../yaml.ts';
import { findProgram } from './binaries.ts';
import { type Server, startServer } from './server.ts';

const RULES = new URL('../prometheus/', import.meta.url).pathname;
const PROVISIONING = new URL('./grafana/provisioning', import.meta.url).pathname;
const DASHBOARDS = new URL('../../dashboards', import.meta.url).pathname;

export interface StackOptions extends Omit<AlertmanagerOptions, 'secretFile'> {
  /** For configurations and data. */
  readonly directory: string;
  /** `host:port` of each process that serves /metrics. */
  readonly targets: readonly string[];
  readonly webhookSecret: string;
  readonly scrapeEvery?: string;
  readonly ports: { readonly prometheus: number; readonly alertmanager: number; readonly grafana: number };
}

export interface Stack {
  readonly prometheus: Server;
  readonly alertmanager: Server;
  /** Null where it is not installed. */
  readonly grafana: Server | null;
  stop(): Promise<void>;
}

/** Starts the installed programs on this machine's loopback, each with a configuration written for it. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const running: Server[] = [];
  const stop = async () => {
    for (const server of running.splice(0).reverse()) await server.stop();
  };
  const started = async (server: Promise<Server>) => {
    running.push(await server);
    return server;
  };
  try {
    const alertmanager = await started(startAlertmanager(options));
    const prometheus = await started(startPrometheus(options));
    const program = findProgram('grafana');
    const grafana = program === null ? null : await started(startGrafana(program, options, prometheus.url));
    return { prometheus, alertmanager, grafana, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startAlertmanager(options: StackOptions): Promise<Server> {
  const { ports, webhookSecret } = options;
  const directory = folder(options.directory, 'alertmanager');
  const secretFile = join(directory, 'webhook-secret');
  // Only its owner may read what opens the webhook and the bot.
  const mode = 0o600;
  writeFileSync(secretFile, webhookSecret, { mode });
  const config = join(directory, 'alertmanager.yml');
  writeFileSync(config, toYaml(alertmanagerConfig({ ...options, secretFile })), { mode });
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
    '--cluster.listen-address=',
  ];
  return startServer({ program: findProgram('alertmanager')!, args, port: ports.alertmanager, healthPath: '/-/ready' });
}

function startPrometheus(options: StackOptions): Promise<Server> {
  const { targets, scrapeEvery, ports } = options;
  const directory = folder(options.directory, 'prometheus');
  for (const rules of ['recording.yml', 'alerts.yml']) copyFileSync(join(RULES, rules), join(directory, rules));
  const config = join(directory, 'prometheus.yml');
  const alertmanager = `127.0.0.1:${ports.alertmanager}`;
  const every = scrapeEvery === undefined ? {} : { scrapeEvery };
  writeFileSync(config, toYaml(prometheusConfig({ targets, alertmanager, ...every })));
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    // An alert that Alertmanager does not hear again for four times as long is over: then the far end falls silent.
    `--rules.alert.resend-delay=${scrapeEvery ?? '1m'}`,
  ];
  return startServer({ program: findProgram('prometheus')!, args, port: ports.prometheus, healthPath: '/-/ready' });
}

function startGrafana(program: string, options: StackOptions, prometheusUrl: string): Promise<Server> {
  const { grafana: port } = options.ports;
  const env = {
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_PATHS_DATA: folder(options.directory, 'grafana'),
    GF_PATHS_PROVISIONING: PROVISIONING,
    PROMETHEUS_URL: prometheusUrl,
    DASHBOARDS,
  };
  const args = ['server', '--homepath', process.env.GRAFANA_HOME ?? '/usr/share/grafana'];
  return startServer({ program, args, port, healthPath: '/api/health', env });
}

function folder(parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  return path;
}
