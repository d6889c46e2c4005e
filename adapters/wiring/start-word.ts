import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import type { Log } from './log.ts';

interface Started {
  readonly source: string;
  readonly symbols: number;
  readonly epoch: number;
  readonly url: string;
  readonly guardsOn: boolean;
}

/** Says in the log what a run began as, and loudly where its guards are off. */
export function tellStart(log: Log, config: Config, started: Started): void {
  log('info', 'started', { mode: config.mode, configVersion: configVersion(config), ...started });
  if (started.guardsOn) return;
  log('warn', 'no_guards', { message: 'guards are OFF: only cooldown, age and the caps of size and exposure hold' });
}
