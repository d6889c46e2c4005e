import { join } from 'node:path';
import { DEFAULT_CONFIG_FILE } from '#adapters/config/file.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from '#adapters/config/load.ts';
import type { Log } from '#adapters/wiring/log.ts';
import { type StorePlace, withRecords } from '#adapters/wiring/records.ts';
import { STORE_FILE } from '#adapters/wiring/store-file.ts';
import { type ConfigFault, describeFault } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Records } from '#core/ports/records.ts';
import { createLog } from './logger.ts';
import { Output } from './output.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly set: readonly string[];
  readonly data: string;
  readonly wiring?: string;
  readonly json: boolean;
}

type Loaded = Extract<LoadedConfig, { ok: true }>;

/** The configuration's faults, all of them. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(describeFault).join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** What a command works with: its own arguments and options, and the world outside. */
export class Context {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly common: CommonOptions;
  readonly out: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;

  constructor(args: readonly string[], options: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv) {
    const common = options as unknown as CommonOptions;
    this.args = args;
    this.options = options;
    this.common = common;
    this.env = env;
    this.out = new Output(common.json);
    const { stderr } = process;
    this.log = createLog({ env, json: !stderr.isTTY, write: (line) => stderr.write(line) });
  }

  /**
   * Reads the configuration and warns of what is unlikely to be meant.
   *
   * @param base a layer between the defaults and the file; `extra` are settings that options of the command stand for
   * @throws ConfigError with every fault
   */
  config(extra: readonly string[] = [], base?: unknown): Loaded {
    const loaded = loadConfig(this.#sources(extra, base));
    if (!loaded.ok) throw new ConfigError(loaded.faults);
    for (const { path, message } of loaded.warnings) this.log('warn', 'config', { message: `${path}: ${message}` });
    return loaded;
  }

  #sources(extra: readonly string[], base: unknown): ConfigSources {
    const { config, set, wiring } = this.common;
    return {
      file: config,
      // A recording's own configuration is not overlaid by what happens to lie around.
      defaultFile: base === undefined ? DEFAULT_CONFIG_FILE : undefined,
      env: base === undefined ? this.env : {},
      sets: [...(wiring === undefined ? [] : [`wiring=${wiring}`]), ...extra, ...set],
      base,
    };
  }

  /** The configuration file, whether it is there or not. */
  get configFile(): string {
    return this.common.config ?? DEFAULT_CONFIG_FILE;
  }

  get storeFile(): string {
    return join(this.common.data, STORE_FILE);
  }

  /**
   * The data directory, for what knows no other store.
   *
   * @throws TwinlegError `USAGE` where the wiring means a stage's table: an answer about another store would be taken for it
   */
  directory(): string {
    if (this.storePlace().kind === 'table') {
      throw usageError(
        'this command knows the store of a data directory alone, and the wiring means a deployed table',
        'add --wiring embedded for the one in --data; nothing was read or changed',
      );
    }
    return this.common.data;
  }

  /** Works on the records of the store that the wiring means, which must be there. */
  withRecords<T>(work: (records: Records) => Promise<T>): Promise<T> {
    return withRecords(this.storePlace(), work);
  }

  /**
   * The data directory's store alone in the embedded wiring, whatever the configuration may be; the stage's table in the
   * others.
   */
  storePlace(): StorePlace {
    const directory = { kind: 'directory', dataDir: this.common.data } as const;
    const { wiring } = this.common;
    if (wiring === 'embedded') return directory;
    const loaded = loadConfig(this.#sources([], undefined));
    if (!loaded.ok) {
      if (wiring === undefined) return directory;
      throw new ConfigError(loaded.faults);
    }
    return loaded.config.wiring === 'embedded' ? directory : { kind: 'table', config: loaded.config };
  }

  option<T>(name: string): T | undefined {
    return this.options[name] as T | undefined;
  }
}

/** A mistake in how a command was called. */
export function usageError(message: string, remedy: string): TwinlegError {
  return new TwinlegError('USAGE', message, remedy);
}
