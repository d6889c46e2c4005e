import type { LabelValues, MetricSpec } from '#core/metrics/spec.ts';
import { METRICS } from '#core/metrics.ts';

const HEAD = `# Metrics

Every series that Twinleg gives, from one catalogue (\`core/metrics.ts\`). A long-lived process serves its own at
\`http://127.0.0.1:9464/metrics\` (\`server.host\`, \`server.port\`); functions and the cloud's gateway send the same by OTLP, where
\`OTEL_EXPORTER_OTLP_ENDPOINT\` is set. Counters and histograms exist with 0 from the start.

Each figure has one source in each wiring, so that a sum counts it once. **from** names it:

- \`run\`: the one-process run.
- \`gateway\`: in the cloud, what lives long: the market, and what the store has (money, positions, guards, snapshots, what waits to be told).
  Only the gateway that leads tells what the store has. The net edge of entries is told by it too, once for each position that it finds there, as
  its symbols would be too many series for functions; an entry that is filled by nobody within a second can be missed.
- \`function\`: in the cloud, the functions that trade, \`evaluate\`, \`execute\`, \`housekeep\`, \`universe\`, and the worker that orders leave
  from, where there is one: what was decided, what became of orders, conflicts, commits.
- \`messenger\`: in the cloud, the functions that speak with the operator, \`notify\`, \`telegram\`, \`alertmanager\`: alerts, messages, webhooks, commands.

Where several of the cloud's are named, each tells what happened in itself (failures, latency, memory). The job of what is sent by OTLP is
\`twinleg-gateway\`, \`twinleg-evaluate\` …, its instance one for each process. A function sends what stands there before its first invocation, then at
the end of an invocation, at most every 30 s.

A label takes listed values only; *symbols* are those of the universe, *assets* what they are traded in. A failure's code that is
not listed counts as \`OTHER\`.

To add one: an entry in one of the files of \`core/metrics\`, a line where it is counted, and
\`node scripts/write-metrics.ts\` for this page.
`;

const SHOWN_VALUES = 9;

/** \`docs/metrics.md\`, made from the catalogue. */
export function metricsPage(): string {
  const rows = Object.values<MetricSpec>(METRICS).map(({ name, kind, unit, help, labels, sources, buckets }) => {
    const shown = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${shownValues(values)}`);
    const bounds = buckets === undefined ? '' : ` Buckets: ${buckets.join(', ')}.`;
    return `| \`${name}\` | ${kind} | ${unit} | ${shown.join('; ') || '–'} | ${sources.join(', ')} | ${help}${bounds} |`;
  });
  return [HEAD, '| metric | type | unit | labels | from | meaning |', '|---|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

function shownValues(values: LabelValues): string {
  if (typeof values === 'string') return `*${values}*`;
  if (values.length <= SHOWN_VALUES) return values.map((value) => `\`${value}\``).join(' ');
  return `${values.length} values (\`${values[0]}\` …)`;
}
