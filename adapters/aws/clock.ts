const REFUSED_TIME = /signature (not yet current|expired)|RequestTimeTooSkewed|RequestExpired/i;

/** Whether AWS refused a request as this machine's clock differs from its own. */
export function refusesClock(error: Error): boolean {
  return REFUSED_TIME.test(`${error.name} ${error.message}`);
}

export const CLOCK_REMEDY = 'synchronise the clock (NTP)';
