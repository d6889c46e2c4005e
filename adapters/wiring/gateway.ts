import { pause } from '#adapters/pause.ts';
import type { Config } from '#core/config.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import { createRunClock, type RunClock } from './clock.ts';
import { type GatewayCloud, openGatewayCloud } from './gateway-cloud.ts';
import type { Log } from './log.ts';
import { type StartedVenues, sourceOf, startVenues } from './start-venues.ts';

/** How often a deployment is looked for that is not there yet, ms. */
const LOOK_MS = 2000;

export interface OpenedGateway extends Omit<StartedVenues, 'source'> {
  readonly cloud: GatewayCloud;
  readonly source: string;
  readonly clock: RunClock;
  readonly deployment: Deployment;
  /** Of the configuration that the deployment was read under. */
  readonly configEpoch: number;
  close(): Promise<void>;
}

/**
 * Everything that a gateway works on: the stage's table and queues, the venues, and the list that was deployed.
 *
 * @returns null where it was asked to stop before a list was there
 */
export async function openGateway(config: Config, log: Log, signal: AbortSignal): Promise<OpenedGateway | null> {
  const cloud = await openGatewayCloud(config);
  try {
    const found = await deployed(cloud, log, signal);
    if (found === null) {
      cloud.close();
      return null;
    }
    const { urls, simulator } = await startVenues(config);
    return {
      cloud,
      urls,
      simulator,
      source: sourceOf(config.venues.source),
      clock: createRunClock(0),
      ...found,
      async close() {
        cloud.close();
        await simulator?.stop();
      },
    };
  } catch (error) {
    cloud.close();
    throw error;
  }
}

/** The list that all parts trade by; the universe function writes it, and the first may be late. */
async function deployed({ store, deployments }: GatewayCloud, log: Log, signal: AbortSignal) {
  for (let looks = 0; !signal.aborted; looks++) {
    // The epoch first: what is read after it is at least as new.
    const { epochs } = await store.readInterest([]);
    const deployment = await deployments.read();
    if (deployment !== null) return { deployment, configEpoch: epochs.configuration };
    if (looks === 0) {
      const message = 'no list is deployed yet: invoke the universe function; this process waits for it';
      log('warn', 'deployment_missing', { message });
    }
    await pause(LOOK_MS, signal);
  }
  return null;
}
