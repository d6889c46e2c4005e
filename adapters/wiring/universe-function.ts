import { LambdaClient } from '@aws-sdk/client-lambda';
import { ControlCalls } from '#adapters/bus/sqs/control-calls.ts';
import { createQueueControl } from '#adapters/bus/sqs/queue-control.ts';
import { type Reconciled, reconcile } from '#adapters/bus/sqs/reconciler.ts';
import { type StoredUniverse, UniverseKeeper } from '#adapters/universe/keeper.ts';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import { configVersion } from '#core/config-version.ts';
import { TwinlegError } from '#core/errors.ts';
import { derivedId } from '#core/ids.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import { nextList, plainList, watchedSymbols } from '#core/universe/list.ts';
import type { FunctionParts } from './lambda.ts';

export interface UniverseResult extends Reconciled {
  readonly symbols: number;
  readonly draining: number;
}

/** The name of a stage's function. */
export function functionNameOf(stage: string, name: string): string {
  return `twinleg-${stage}-${name}`;
}

/**
 * Makes the list anew, writes what all parts trade by, and brings queues and mappings after it. Where a venue does not
 * answer the last list stays; a symbol with a position goes on draining, and keeps its queue until it is closed.
 */
export async function refreshUniverse(parts: FunctionParts): Promise<UniverseResult> {
  const { config, deployments, routing, sqs, store, log, now } = parts;
  const before = await deployments.read();
  const { symbols: states } = await store.load();
  const holding = new Set(states.filter(({ pair }) => pair !== null).map(({ symbol }) => symbol));
  let remembered = before?.memory ?? null;
  const memory = {
    load: () => remembered as StoredUniverse | null,
    save: (universe: StoredUniverse) => {
      remembered = universe;
    },
  };
  const keeper = new UniverseKeeper(createUniverseReader(config.venues), memory);
  const beforeList = before?.list ?? plainList([]);
  const besides = [...new Set([...watchedSymbols(beforeList), ...holding])];
  const { universe, failures } = await keeper.refresh(config.universe, besides, now);
  for (const { venue, message } of failures) log('warn', 'venue_unread', { venue, message });
  const made = universe === null ? null : deploymentOf(universe, remembered);
  const inForce = made ?? before;
  if (inForce === null) {
    throw new TwinlegError(
      'UNIVERSE_UNAVAILABLE',
      'no list could be made yet: no venue answered',
      'check venues.*.restUrl',
      {
        retryable: true,
      },
    );
  }
  if (made !== null) await publish(made);
  const { cloud } = config;
  const lambda = new LambdaClient({ region: cloud.region });
  const control = createQueueControl(
    { sqs, lambda, calls: new ControlCalls() },
    { routing, stage: cloud.stage, functionName: functionNameOf(cloud.stage, 'evaluate') },
  );
  const reconciled = await reconcile(watchedSymbols(inForce.list), routing, control);
  lambda.destroy();
  log(reconciled.failed.length > 0 ? 'error' : 'info', 'reconciled', reconciled);
  return { ...reconciled, symbols: inForce.list.symbols.length, draining: inForce.list.draining.length };

  function deploymentOf(
    { selection, instruments }: NonNullable<Awaited<ReturnType<typeof keeper.refresh>>['universe']>,
    kept: unknown,
  ): Deployment {
    const wanted = selection.included.filter(({ symbol }) => instruments.has(symbol));
    const volumesUsdt = Object.fromEntries(
      wanted.flatMap(({ symbol, volumeUsdt }) => (volumeUsdt === null ? [] : [[symbol, volumeUsdt]])),
    );
    // What is dropped drains for one refresh at least: an entry may be under way that nobody has read yet.
    const stays = (symbol: string) => holding.has(symbol) || beforeList.symbols.includes(symbol);
    const list = nextList(beforeList, { symbols: wanted.map(({ symbol }) => symbol), volumesUsdt }, stays);
    const known = new Map((before?.instruments ?? []).map((instrument) => [instrument.symbol, instrument]));
    const needed = watchedSymbols(list).flatMap((symbol) => instruments.get(symbol) ?? known.get(symbol) ?? []);
    return { list, instruments: needed, configVersion: configVersion(config), memory: kept, atMs: now() };
  }

  /** The list first, then the epoch that tells of it: whoever sees the new epoch finds the new list. */
  async function publish(deployment: Deployment): Promise<void> {
    await deployments.write(deployment);
    const { list, instruments } = deployment;
    await store.publishConfiguration(
      derivedId(deployment.configVersion, JSON.stringify([list.symbols, list.draining, instruments])),
    );
  }
}
