import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { makeDirectory } from '#adapters/store/sqlite/directory.ts';
import { isLocked } from '#adapters/store/sqlite/lock.ts';
import { REGISTRY } from '#adapters/venues/registry.ts';
import type { Config } from '#core/config.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';
import { type Check, failed, failedBy, passed } from './checks.ts';
import { STORE_FILE } from './store-file.ts';

const TIMEOUT_MS = 5000;

/** Everything around a run: Node, the data directory, the venues, the clock, permissions. */
export async function checkSurroundings(config: Config, dataDir: string): Promise<Check[]> {
  const checks = [checkNode()];
  // Parts that run in the cloud keep nothing here.
  if (config.wiring !== 'cloud') checks.push(checkDirectory(dataDir), checkSpace(config, dataDir));
  if (config.venues.source === 'real') checks.push(...(await checkVenues(config)));
  else checks.push(passed('venues', `${config.venues.source}: started with each run`));
  checks.push(passed('permissions', config.mode === 'paper' ? 'not checked: paper needs no keys' : 'not checked'));
  return checks;
}

/** The store of a data directory; one that is not there yet is wrong only where it was asked for. */
export function checkStore(dataDir: string, required: boolean): Check[] {
  const file = join(dataDir, STORE_FILE);
  if (!existsSync(file)) {
    if (!required) return [passed('store', `none at ${file} yet`)];
    return [failed('store', `there is none at ${file}`, 'name its directory with --data DIR')];
  }
  try {
    const database = openExisting(file);
    try {
      const { mode, source } = database.owner;
      const user = isLocked(dataDir) ? 'a run is using it' : 'no run is using it';
      const findings = auditStore(database).map(({ name, ok, detail }) =>
        ok
          ? passed(`store: ${name}`, detail)
          : failed(`store: ${name}`, detail, 'stop trading on it; restore a snapshot or report the finding'),
      );
      return [passed('store', `${file}: mode ${mode}, source ${source}; ${user}`), ...findings];
    } finally {
      database.close();
    }
  } catch (error) {
    return [failedBy('store', error)];
  }
}

function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24
    ? passed('node', process.version)
    : failed('node', process.version, 'start through bin/twinleg.js, which finds Node 24');
}

function checkDirectory(dataDir: string): Check {
  try {
    makeDirectory(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK);
    return passed('data directory', dataDir);
  } catch (error) {
    return failed('data directory', messageOf(error), 'give write permission, or name another with --data DIR');
  }
}

function checkSpace(config: Config, dataDir: string): Check {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    const free = bavail * bsize;
    const detail = `${(free / 1e9).toFixed(1)} GB free`;
    return free >= config.store.minFreeBytes
      ? passed('disk', detail)
      : failed('disk', `${detail}, below store.minFreeBytes`, 'free space on that disk');
  } catch (error) {
    return failed('disk', messageOf(error), 'check the data directory');
  }
}

async function checkVenues(config: Config): Promise<Check[]> {
  const answers = await Promise.all(VENUES.map((venue) => askVenue(venue, config)));
  return [...answers.map(({ check }) => check), ...answers.flatMap(({ clock }) => clock ?? [])];
}

/** Whether a venue answers, and how this clock stands to its own where it tells that. */
async function askVenue(venue: VenueId, config: Config): Promise<{ check: Check; clock?: Check }> {
  const { probe, clockMs } = REGISTRY[venue].rest;
  const {
    check,
    body,
    tookMs = 0,
  } = await ask(venue, `${config.venues[venue].restUrl}${probe}`, `venues.${venue}.restUrl`);
  const time = clockMs?.(body);
  if (time === undefined) return { check };
  // The answer was under way for half of the round trip.
  const skewMs = Math.round(Date.now() - tookMs / 2 - time);
  const detail = `${skewMs} ms ahead of ${venue}`;
  const within = Math.abs(skewMs) <= (config.guards.clockSkew.maxMs ?? Number.POSITIVE_INFINITY);
  return { check, clock: within ? passed('clock', detail) : failed('clock', detail, 'synchronise the clock (NTP)') };
}

interface Answer {
  readonly check: Check;
  readonly body?: unknown;
  readonly tookMs?: number;
}

async function ask(venue: string, url: string, key: string): Promise<Answer> {
  const startedMs = performance.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const tookMs = performance.now() - startedMs;
    if (!response.ok) {
      return {
        check: failed(venue, `${response.status} from ${new URL(url).host}`, `check ${key}, or wait if it limits`),
      };
    }
    return { check: passed(venue, `answers in ${Math.round(tookMs)} ms`), body: await response.json(), tookMs };
  } catch (error) {
    return { check: failed(venue, `${new URL(url).host}: ${messageOf(error)}`, `check the network and ${key}`) };
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
