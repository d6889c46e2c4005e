import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { missingPrograms, PROGRAMS } from './binaries.ts';
import { startStack } from './stack.ts';

const HELP = `npm run observe -- [--target HOST:PORT]… [--data DIR] [--dead-man URL]

Starts Prometheus, Alertmanager and, where it is installed, Grafana on this machine's loopback, beside \`npm start\`.
  --target    what to scrape; 127.0.0.1:9464 where left out
  --data      for their data and configurations; ./data/observability where left out
  --dead-man  address outside this system that is called each minute while all is well
Environment: ALERTMANAGER_WEBHOOK_SECRET (the same as of \`npm start\`), TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID (for what a
dead process can no longer tell).`;

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: ['127.0.0.1:9464'] },
    data: { type: 'string', default: 'data/observability' },
    'dead-man': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const missing = missingPrograms('prometheus', 'alertmanager');
if (missing !== undefined) {
  console.error(
    `${missing}\nWhere Docker is, all of it comes by: docker compose -f infra/observability/compose.yml up -d`,
  );
  process.exit(1);
}
const { ALERTMANAGER_WEBHOOK_SECRET, TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID } = process.env;
if (!ALERTMANAGER_WEBHOOK_SECRET)
  console.error('ALERTMANAGER_WEBHOOK_SECRET is not set: Twinleg will refuse what Alertmanager tells it');
const stack = await startStack({
  directory: values.data,
  targets: values.target,
  webhookUrl: `http://${values.target[0]}/alertmanager`,
  webhookSecret: ALERTMANAGER_WEBHOOK_SECRET || randomBytes(24).toString('hex'),
  deadManUrl: values['dead-man'] ?? null,
  telegram:
    TELEGRAM_BOT_TOKEN && TELEGRAM_CHAT_ID
      ? { apiUrl: 'https://api.telegram.org', botToken: TELEGRAM_BOT_TOKEN, chatId: Number(TELEGRAM_CHAT_ID) }
      : null,
  ports: { prometheus: 9090, alertmanager: 9093, grafana: 3000 },
});
console.log(`Prometheus    ${stack.prometheus.url}\nAlertmanager  ${stack.alertmanager.url}`);
console.log(
  stack.grafana === null
    ? `Grafana       not installed (${PROGRAMS.grafana.install}); dashboards/*.json can be imported into any`
    : `Grafana       ${stack.grafana.url}`,
);
console.log('Ctrl-C stops them.');
const asked = new AbortController();
process.once('SIGINT', () => asked.abort()).once('SIGTERM', () => asked.abort());
const ends = [stack.prometheus, stack.alertmanager].map(({ ended }) => ended);
await Promise.race([once(asked.signal, 'abort'), ...ends]);
await stack.stop();
if (!asked.signal.aborted) {
  console.error('one of them ended by itself');
  process.exitCode = 1;
}
