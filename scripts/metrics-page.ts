import type { LabelValues, MetricSpec } from '#core/metrics/spec.ts';
import { METRICS } from '#core/metrics.ts';

const HEAD = `# Metrics

Every series that Twinleg gives, from one catalogue (\`core/metrics.ts\`). A long-lived process serves its own at
\`http://127.0.0.1:9464/metrics\` (\`server.host\`, \`server.port\`); functions and the cloud's gateway send the same by OTLP, where
\`OTEL_EXPORTER_OTLP_ENDPOINT\` is set. Counters and histograms exist with 0 from the start. Money comes from the store through one
long-lived process: the one-process run, or in the cloud the gateway.

A label takes listed values only; *symbols* are those of the universe, *assets* what they are traded in. A failure's code that is
not listed counts as \`OTHER\`. **from** tells which process gives a metric.

To add one: an entry in \`core/metrics/trading.ts\`, \`core/metrics/system.ts\` or \`core/metrics/cloud.ts\`, a line where it is counted, and
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
