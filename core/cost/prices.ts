/**
 * What AWS asks in Seoul (ap-northeast-2): USD, without tax, without the free tier. The one place to bring up to date; the
 * figures are typed off the services' public price lists and not fetched, so look again before you rely on a cent.
 */
export const PRICES = {
  asOf: '2026-11',
  region: 'ap-northeast-2',
  /** Fargate, Linux on ARM, an hour. */
  fargateVcpuHour: '0.03725',
  fargateGbHour: '0.00409',
  publicIpv4Hour: '0.005',
  /** A request; each 64 KB begun counts as one. */
  sqsStandardRequest: '0.0000004',
  sqsFifoRequest: '0.0000005',
  lambdaRequest: '0.0000002',
  /** ARM. */
  lambdaGbSecond: '0.0000133334',
  /** On demand. */
  dynamoWriteUnit: '0.0000006779',
  dynamoReadUnit: '0.0000001356',
  dynamoGbMonth: '0.27075',
  dynamoBackupGbMonth: '0.2166',
  logsGb: '0.76',
  logsGbMonth: '0.0314',
  alarmMonth: '0.10',
  /** Secrets Manager; a SecureString of Systems Manager costs nothing. */
  secretMonth: '0.40',
  s3Put: '0.0000045',
  s3Read: '0.00000035',
  ecrGbMonth: '0.10',
} as const;

/** Hours of the month that every figure is for. */
export const HOURS_A_MONTH = 730;
