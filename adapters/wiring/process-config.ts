import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_CONFIG_FILE } from '#adapters/config/file.ts';
import { loadConfig } from '#adapters/config/load.ts';
import { type Config, describeFault } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import type { ConfigSource } from './hot-config.ts';

export interface ProcessConfig {
  readonly config: Config;
  readonly source: ConfigSource;
  /** Settings that are unlikely to be meant. */
  readonly warnings: readonly string[];
}

/**
 * The configuration of a process that is no command: `--config FILE`, `--set path=value` and the environment mean what
 * they mean everywhere. SIGHUP asks to read it anew.
 *
 * @throws TwinlegError `USAGE` or `CONFIG_INVALID` with every fault
 */
export function readProcessConfig(args: readonly string[], env: NodeJS.ProcessEnv): ProcessConfig {
  const { config: file, set } = readArguments(args);
  const load = () => {
    const loaded = loadConfig({ file, defaultFile: DEFAULT_CONFIG_FILE, env, sets: set });
    if (loaded.ok) return loaded;
    const faults = loaded.faults.map(describeFault);
    throw new TwinlegError('CONFIG_INVALID', faults.join('\n'), 'npx twinleg config schema names every key');
  };
  const { config, warnings } = load();
  return {
    config,
    warnings: warnings.map(({ path, message }) => `${path}: ${message}`),
    source: {
      file: resolve(file ?? DEFAULT_CONFIG_FILE),
      load: () => load().config,
      onAsked(reload) {
        process.on('SIGHUP', reload);
        return () => process.off('SIGHUP', reload);
      },
    },
  };
}

function readArguments(args: readonly string[]): { config: string | undefined; set: readonly string[] } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: 'string' }, set: { type: 'string', multiple: true } },
    });
    return { config: values.config, set: values.set ?? [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TwinlegError('USAGE', message, 'there are --config FILE and --set path=value', { cause: error });
  }
}
