import { type Decimal, decimal, sum } from '../market/money.ts';
import { HOURS_A_MONTH, PRICES } from './prices.ts';
import type { HourRates, Layout, MarketMood } from './rates.ts';
import { IDLE_POLLS_AN_HOUR, IMAGES_GB, STACK } from './stack.ts';

/** One line of the bill of a month: `usd` is `quantity` × `priceUsd`, rounded to a millionth. */
export interface BillLine {
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly priceUsd: number;
  readonly usd: number;
}

/** How many trades of a size pay for a month, where each earns no more than an entry must promise. */
export interface BreakEven {
  readonly notionalUsdt: number;
  readonly earnsUsdt: number;
  readonly tradesAMonth: number;
}

export interface Bill {
  readonly symbols: number;
  readonly layout: Layout;
  readonly market: MarketMood;
  readonly pricesAsOf: string;
  readonly region: string;
  /** The exact sum of the lines. */
  readonly monthlyUsd: number;
  readonly perSymbolUsd: number;
  readonly tradesAMonth: number;
  /** Null where nothing was traded in the measured time. */
  readonly perTradeUsd: number | null;
  readonly lines: readonly BillLine[];
  readonly breakEven: readonly BreakEven[];
}

export interface Deployment {
  readonly symbols: number;
  readonly layout: Layout;
  readonly market: MarketMood;
  readonly shards: number;
  /** How long the table keeps history. */
  readonly keepDays: number;
  /** How often the whole table is read for a snapshot, s. */
  readonly snapshotSeconds: number;
  /** What a trade earns at least of its notional: `strategy.minProfitThreshold`. */
  readonly minReturn: number;
}

const SIZES_USDT = [100, 500, 1000, 2000];
const DIGITS = 6;
const BYTES_A_GB = 1e9;
/** Of a strongly consistent read. */
const BYTES_A_READ_UNIT = 4096;

/** What a deployment costs a month, line by line. @param rates of such a deployment in an hour */
export function billOf(rates: HourRates, deployment: Deployment): Bill {
  const lines = linesOf(rates, deployment);
  const monthly = sum(lines.map(({ usd }) => decimal(usd)));
  const { symbols, layout, market, minReturn } = deployment;
  const tradesAMonth = rates.trades * HOURS_A_MONTH;
  return {
    symbols,
    layout,
    market,
    pricesAsOf: PRICES.asOf,
    region: PRICES.region,
    monthlyUsd: monthly.toNumber(),
    perSymbolUsd: rounded(monthly.div(symbols)),
    tradesAMonth: Math.round(tradesAMonth),
    perTradeUsd: tradesAMonth > 0 ? rounded(monthly.div(tradesAMonth)) : null,
    lines,
    breakEven: SIZES_USDT.map((notionalUsdt) => {
      const earns = decimal(notionalUsdt).times(minReturn);
      const trades = earns.gt(0) ? Math.ceil(monthly.div(earns).toNumber()) : 0;
      return { notionalUsdt, earnsUsdt: earns.toNumber(), tradesAMonth: trades };
    }).filter(({ tradesAMonth: trades }) => trades > 0),
  };
}

function linesOf(rates: HourRates, { symbols, layout, shards, keepDays, snapshotSeconds }: Deployment): BillLine[] {
  const month = (anHour: number) => anHour * HOURS_A_MONTH;
  const tickMappings = layout === 'sharded' ? Math.min(shards, symbols) : symbols;
  const polls = (mappings: number) => month(mappings * IDLE_POLLS_AN_HOUR);
  const gbSeconds = (ms: number) => (month(ms) / 1000) * STACK.functionGb;
  const { sqsStandardRequest, lambdaGbSecond, dynamoReadUnit, dynamoWriteUnit } = PRICES;
  const tableGb = (rates.tableGrowthBytes * 24 * keepDays) / BYTES_A_GB;
  const snapshotUnits = month(3600 / snapshotSeconds) * ((tableGb * BYTES_A_GB) / BYTES_A_READ_UNIT);
  const logGb = month(rates.gatewayLogBytes + rates.functionLogBytes) / BYTES_A_GB;
  const invocations =
    rates.evaluateInvocations + rates.executeInvocations + rates.housekeepInvocations + rates.universeInvocations;
  return [
    line('Gateway: vCPU', month(STACK.gateways * STACK.gatewayVcpu), 'vCPU-hours', PRICES.fargateVcpuHour),
    line('Gateway: memory', month(STACK.gateways * STACK.gatewayGb), 'GB-hours', PRICES.fargateGbHour),
    line('Gateway: public IPv4', month(STACK.gateways), 'hours', PRICES.publicIpv4Hour),
    line('SQS: ticks sent', month(rates.tickSendRequests), 'requests', sqsStandardRequest),
    line('SQS: ticks received', month(rates.tickReceiveRequests), 'requests', sqsStandardRequest),
    line('SQS: ticks deleted', month(rates.tickDeleteRequests), 'requests', sqsStandardRequest),
    line('SQS: polling of idle tick queues', polls(tickMappings), 'requests', sqsStandardRequest),
    line('SQS: polling of other queues', polls(STACK.standardMappings), 'requests', sqsStandardRequest),
    line('SQS: polling of FIFO queues', polls(STACK.fifoMappings), 'requests', PRICES.sqsFifoRequest),
    line('SQS: work', month(rates.workRequests), 'requests', sqsStandardRequest),
    line('SQS: alerts (FIFO)', month(rates.fifoRequests), 'requests', PRICES.sqsFifoRequest),
    line('SQS: everything else', month(rates.otherQueueRequests), 'requests', sqsStandardRequest),
    line('Lambda: invocations', month(invocations), 'requests', PRICES.lambdaRequest),
    line('Lambda: evaluate', gbSeconds(rates.evaluateMs), 'GB-seconds', lambdaGbSecond),
    line('Lambda: execute', gbSeconds(rates.executeMs), 'GB-seconds', lambdaGbSecond),
    line('Lambda: housekeep', gbSeconds(rates.housekeepMs), 'GB-seconds', lambdaGbSecond),
    line('Lambda: universe', gbSeconds(rates.universeMs), 'GB-seconds', lambdaGbSecond),
    line('DynamoDB: reads of the gateway', month(rates.gatewayReadUnits), 'units', dynamoReadUnit),
    line('DynamoDB: reads of functions', month(rates.functionReadUnits), 'units', dynamoReadUnit),
    line('DynamoDB: reads of scheduled snapshots', snapshotUnits, 'units', dynamoReadUnit),
    line('DynamoDB: writes of the gateway', month(rates.gatewayWriteUnits), 'units', dynamoWriteUnit),
    line('DynamoDB: writes of functions', month(rates.functionWriteUnits), 'units', dynamoWriteUnit),
    line(`DynamoDB: storage after ${keepDays} days`, tableGb, 'GB', PRICES.dynamoGbMonth),
    line('DynamoDB: point-in-time recovery', tableGb, 'GB', PRICES.dynamoBackupGbMonth),
    line('Logs: taken in', logGb, 'GB', PRICES.logsGb),
    line(`Logs: kept ${STACK.logDays} days`, logGb * (STACK.logDays / (HOURS_A_MONTH / 24)), 'GB', PRICES.logsGbMonth),
    line('Alarms', STACK.alarms, 'alarms', PRICES.alarmMonth),
    line('Secrets', STACK.secrets, 'secrets', PRICES.secretMonth),
    line('S3: written', month(rates.objectPuts), 'requests', PRICES.s3Put),
    line('S3: read', month(rates.objectReads), 'requests', PRICES.s3Read),
    line('Images in the registry', IMAGES_GB, 'GB', PRICES.ecrGbMonth),
  ];
}

function line(item: string, used: number, unit: string, price: string): BillLine {
  const quantity = decimal(used).dp(DIGITS);
  return {
    item,
    quantity: quantity.toNumber(),
    unit,
    priceUsd: Number(price),
    usd: rounded(quantity.times(price)),
  };
}

function rounded(usd: Decimal): number {
  return usd.dp(DIGITS).toNumber();
}
