/** Where metrics are sent, if anywhere; the collector's own credentials are no part of the template. */
const COLLECTORS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'];

const collectors = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => COLLECTORS.includes(name)));

/**
 * What functions and gateway are told, the same for both: who trades by another configuration opens nothing. The settings
 * are the `TWINLEG__…` variables of whoever deploys; `npm run deploy` makes them from twinleg.json.
 */
module.exports = async ({ resolveVariable }) => {
  const settings = {
    TWINLEG__VENUES__SOURCE: 'real',
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('TWINLEG__'))),
    TWINLEG__WIRING: 'cloud',
    TWINLEG__CLOUD__STAGE: await resolveVariable('self:provider.stage'),
    TWINLEG__CLOUD__REGION: await resolveVariable('self:provider.region'),
    ...collectors(),
  };
  return {
    functions: { ...settings, NODE_OPTIONS: '--enable-source-maps' },
    task: Object.entries(settings).map(([Name, Value]) => ({ Name, Value })),
  };
};
