/** What a deployment pays for by being there, as serverless.yml has it; a test holds the two equal. */
export const STACK = {
  gateways: 1,
  gatewayVcpu: 0.25,
  gatewayGb: 0.5,
  functionGb: 0.5,
  logDays: 14,
  /** Queues that a function is mapped to, besides those of ticks. */
  standardMappings: 1,
  fifoMappings: 1,
  alarms: 0,
  /** Of Secrets Manager. */
  secrets: 0,
} as const;

/** Both images with their base, as the registry keeps them; an estimate, as no registry was asked. */
export const IMAGES_GB = 0.3;

/** A mapping polls with two connections that wait 20 s each; that a message ends a wait early is not taken off. */
export const IDLE_POLLS_AN_HOUR = 2 * (3600 / 20);
