import { HOURS_A_MONTH, PRICES } from './prices.ts';
import type { Deployment, MeasuredHour, Usage } from './usage.ts';
import { monthOf } from './usage.ts';

/** One line of the bill, a month. */
export interface BillLine {
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly usd: number;
}

export interface Bill {
  readonly monthlyUsd: number;
  readonly perSymbolUsd: number;
  /** Null where the measured hour had no trade. */
  readonly perTradeUsd: number | null;
  readonly tradesPerMonth: number;
  readonly lines: readonly BillLine[];
  /** Trades a month that pay for it, by the mean PnL of the measured ones; null where that is not above 0. */
  readonly breakEven: { readonly trades: number; readonly notionalUsdt: number; readonly pnlUsdt: number } | null;
}

const GATEWAY_VCPU = 0.25;
const GATEWAY_GB = 0.5;
/** Both images, as pushed. */
const IMAGES_GB = 0.35;
const SNAPSHOTS_A_MONTH = HOURS_A_MONTH * 12;
const SNAPSHOTS_KEPT_GB = 0.05;
const SECRETS = 0;
const ALARMS = 0;

/** What a deployment costs a month, line by line, from what a measured hour really used. */
export function billOf(hour: MeasuredHour, deployment: Deployment): Bill {
  const usage = monthOf(hour, deployment);
  const lines = linesOf(usage);
  const monthlyUsd = lines.reduce((sum, { usd }) => sum + usd, 0);
  const meanPnlUsdt = hour.trades === 0 ? 0 : hour.pnlUsdt / hour.trades;
  return {
    monthlyUsd,
    perSymbolUsd: monthlyUsd / deployment.symbols,
    perTradeUsd: usage.trades === 0 ? null : monthlyUsd / usage.trades,
    tradesPerMonth: usage.trades,
    lines,
    breakEven:
      meanPnlUsdt > 0
        ? {
            trades: Math.ceil(monthlyUsd / meanPnlUsdt),
            notionalUsdt: hour.notionalUsdt / hour.trades,
            pnlUsdt: meanPnlUsdt,
          }
        : null,
  };
}

function linesOf(usage: Usage): BillLine[] {
  const line = (item: string, quantity: number, unit: string, price: number): BillLine => ({
    item,
    quantity,
    unit,
    usd: quantity * price,
  });
  const million = 1e-6;
  return [
    line('gateway: Fargate vCPU', usage.gatewayHours * GATEWAY_VCPU, 'vCPU-hours', PRICES.fargateVcpuHour),
    line('gateway: Fargate memory', usage.gatewayHours * GATEWAY_GB, 'GB-hours', PRICES.fargateGbHour),
    line('gateway: public IPv4', usage.gatewayHours, 'hours', PRICES.publicIpv4Hour),
    line('SQS: ticks', usage.tickRequests, 'requests', PRICES.sqsStandardMillion * million),
    line('SQS: idle polling', usage.pollRequests, 'requests', PRICES.sqsStandardMillion * million),
    line('SQS: work', usage.workRequests, 'requests', PRICES.sqsStandardMillion * million),
    line('Lambda: requests', usage.invocations, 'requests', PRICES.lambdaMillion * million),
    line('Lambda: time', usage.gbSeconds, 'GB-seconds', PRICES.lambdaGbSecond),
    line('DynamoDB: writes', usage.writeUnits, 'units', PRICES.dynamoWriteMillion * million),
    line('DynamoDB: reads', usage.readUnits, 'units', PRICES.dynamoReadMillion * million),
    line('DynamoDB: storage', usage.stateGb, 'GB', PRICES.dynamoGbMonth),
    line('DynamoDB: point-in-time recovery', usage.stateGb, 'GB', PRICES.dynamoBackupGbMonth),
    line('CloudWatch: logs taken in', usage.logGb, 'GB', PRICES.logsGb),
    line('CloudWatch: logs kept 14 days', usage.logGb * (14 / 30), 'GB-months', PRICES.logsGbMonth),
    line('CloudWatch: alarms', ALARMS, 'alarms', PRICES.alarmMonth),
    line('secrets (SSM SecureString)', SECRETS, 'secrets', PRICES.secretMonth),
    line('S3: snapshots written', SNAPSHOTS_A_MONTH, 'requests', PRICES.s3PutThousand / 1000),
    line('S3: snapshots kept', SNAPSHOTS_KEPT_GB, 'GB', PRICES.s3GbMonth),
    line('ECR: both images', IMAGES_GB, 'GB', PRICES.ecrGbMonth),
  ];
}
