import { type HttpLimits, ShortRequests } from './http.ts';
import { createSigner, type Signer } from './signer.ts';

/** Of a client of AWS with a JSON protocol, what is changed here. */
interface BusyClient {
  readonly config: {
    readonly defaultSigningName: string;
    readonly credentials: Parameters<typeof createSigner>[0];
    signer: () => Promise<Signer>;
  };
  readonly middlewareStack: {
    remove(name: string): boolean;
    add(
      middleware: <T>(next: T) => T,
      options: { name: string; step: 'finalizeRequest'; priority: 'high'; override: true },
    ): void;
  };
}

export interface BusyOptions extends HttpLimits {
  readonly region: string;
  /** Tries of one request, the first among them. */
  readonly attempts: number;
}

/**
 * A client of AWS that is asked several times for each decision: without what costs its processor time and serves nobody
 * here. Half of a request's own time is saved by it.
 *
 * @param make given the options that every such client has in common
 */
export function createBusyClient<Client extends BusyClient>(
  make: (options: {
    readonly region: string;
    readonly maxAttempts: number;
    readonly cacheMiddleware: true;
    readonly requestHandler: ShortRequests;
  }) => Client,
  { region, attempts, ...limits }: BusyOptions,
): Client {
  const client = make({
    region,
    maxAttempts: attempts,
    // Nothing is added to its middleware later, so it is put together once.
    cacheMiddleware: true,
    requestHandler: new ShortRequests(limits),
  });
  const { config, middlewareStack } = client;
  const signer = createSigner(config.credentials, { region, service: config.defaultSigningName });
  config.signer = () => Promise.resolve(signer);
  for (const name of ['getUserAgentMiddleware', 'loggerMiddleware']) middlewareStack.remove(name);
  if (attempts === 1) {
    // Its place has to be kept: the signature comes after it.
    const nothing = { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', override: true } as const;
    middlewareStack.add((next) => next, nothing);
  }
  return client;
}
