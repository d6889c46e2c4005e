const KEYS = ['BINANCE_API_KEY', 'BINANCE_API_SECRET', 'UPBIT_ACCESS_KEY', 'UPBIT_SECRET_KEY'];
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
  const executor = meantBy(settings.TWINLEG__EXECUTION__EXECUTOR);
  const isLive = meantBy(settings.TWINLEG__MODE) === 'live';
  return {
    /** Which of executor-….yml. */
    executor: executor ?? (isLive ? 'host' : 'function'),
    /** Given to the worker that sends real orders, to nobody else. */
    tradingKeys: isLive ? KEYS.map((Name) => ({ Name, ValueFrom: { 'Fn::Sub': parameterOf(settings, Name) } })) : [],
    functions: { ...settings, NODE_OPTIONS: '--enable-source-maps' },
    task: Object.entries(settings).map(([Name, Value]) => ({ Name, Value })),
  };
};

function parameterOf({ TWINLEG__CLOUD__STAGE }, name) {
  return `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/twinleg/${TWINLEG__CLOUD__STAGE}/trading/${name}`;
}

/** A variable's value is JSON where it parses as JSON, else a text. */
function meantBy(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
