/**
 * What AWS asks in Seoul (ap-northeast-2), USD without tax and without the free tier. The one place to bring up to date:
 * each figure is of its service's public price list.
 */
export const PRICES = {
  asOf: '2026-11',
  region: 'ap-northeast-2',
  /** Fargate, Linux on ARM, an hour. */
  fargateVcpuHour: 0.03725,
  fargateGbHour: 0.00409,
  publicIpv4Hour: 0.005,
  /** A million requests; each 64 KB begun counts as one. */
  sqsStandardMillion: 0.4,
  sqsFifoMillion: 0.5,
  lambdaMillion: 0.2,
  /** ARM, a GB-second. */
  lambdaGbSecond: 0.0000133334,
  /** On demand, a million units. */
  dynamoWriteMillion: 0.6779,
  dynamoReadMillion: 0.1356,
  dynamoGbMonth: 0.27075,
  dynamoBackupGbMonth: 0.2166,
  logsGb: 0.76,
  logsGbMonth: 0.0314,
  alarmMonth: 0.1,
  /** Secrets Manager; an SSM SecureString costs nothing. */
  secretMonth: 0.4,
  s3GbMonth: 0.025,
  s3PutThousand: 0.0045,
  ecrGbMonth: 0.1,
} as const;

/** Hours of the month that every figure is for. */
export const HOURS_A_MONTH = 730;
