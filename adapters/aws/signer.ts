import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Config = DynamoDBClient['config'];
/** Every client has the same kind of it. */
export type Signer = Awaited<ReturnType<Config['signer']>>;

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** What is changed on the way, or names the client alone. */
const UNSIGNED = new Set(['authorization', 'user-agent', 'x-amzn-trace-id']);

/**
 * Signs requests whose body is in memory, by version 4 of AWS's signature. The same as the client's own signer makes, with
 * the day's key kept and everything else asked of Node in one call.
 *
 * @param defaults where a request does not say for which region and service it is
 */
export function createSigner(
  credentials: Config['credentials'],
  defaults: { readonly region: string; readonly service: string },
): Signer {
  let kept: { readonly of: string; readonly key: KeyObject } | null = null;

  function keyOf(secret: string, day: string, region: string, service: string): KeyObject {
    const of = `${secret}/${day}/${region}/${service}`;
    if (kept?.of !== of) {
      let key: string | Buffer = `AWS4${secret}`;
      for (const part of [day, region, service, 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
      kept = { of, key: createSecretKey(key as Buffer) };
    }
    return kept.key;
  }

  return {
    async sign(request, { signingDate, signingRegion, signingService } = {}) {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      const region = signingRegion ?? defaults.region;
      const service = signingService ?? defaults.service;
      const at = new Date(signingDate ?? Date.now()).toISOString().replace(/[-:]|\.\d+/g, '');
      const day = at.slice(0, 8);
      const scope = `${day}/${region}/${service}/aws4_request`;
      const payload = hash('sha256', request.body ?? '', 'hex');
      const { headers } = request;
      headers['x-amz-date'] = at;
      headers['x-amz-content-sha256'] = payload;
      if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken;
      const { names, lines } = signedHeaders(headers);
      const canonical = `${request.method}\n${request.path}\n\n${lines}\n${names}\n${payload}`;
      const toSign = `${ALGORITHM}\n${at}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
      const key = keyOf(secretAccessKey, day, region, service);
      const signature = createHmac('sha256', key).update(toSign).digest('hex');
      const credential = `${accessKeyId}/${scope}`;
      headers.authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
      return request;
    },
  };
}

function signedHeaders(headers: Readonly<Record<string, string>>) {
  const signed = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !UNSIGNED.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    names: signed.map(([name]) => name).join(';'),
    lines: signed.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}\n`).join(''),
  };
}
