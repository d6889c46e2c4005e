import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DEFAULT_CONFIG_FILE } from '#adapters/config/file.ts';
import { describeConfig, environmentName, loadConfig } from '#adapters/config/load.ts';
import { describeFault } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';

/** Settings as variables of the environment, as functions and gateway get them. */
export type Variables = Readonly<Record<string, string>>;

/** A function takes so many bytes of variables; some are for those that the template adds. */
const MAX_BYTES = 4096 - 512;
/** Of what a deployment says itself, and of what follows from it. */
const OWN = '--set';

/**
 * Reads the configuration that is to be deployed from a file and the environment, and makes of it what functions and
 * gateway are told.
 *
 * @throws TwinlegError `CONFIG_INVALID` with every fault
 */
export function readSettings(
  file: string | undefined,
  stage: string,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): Variables {
  const sets = ['wiring=cloud', `cloud.stage=${stage}`, `cloud.region=${region}`];
  // Where nobody says otherwise a deployment reads the real venues.
  const base = { venues: { source: 'real' } };
  const loaded = loadConfig({ file, defaultFile: DEFAULT_CONFIG_FILE, env, sets, base });
  const faults = loaded.ok ? [] : loaded.faults.map(describeFault);
  if (loaded.ok && loaded.config.venues.source !== 'real')
    faults.push(`venues.source: ${loaded.config.venues.source} is of one process; a deployment reads real venues`);
  if (loaded.ok && loaded.config.mode === 'live')
    faults.push('mode: real orders are not there yet: mode live has no broker');
  if (!loaded.ok || faults.length > 0)
    throw new TwinlegError('CONFIG_INVALID', faults.join('\n'), 'nothing was changed; mend what is named');
  const given = describeConfig(loaded.config, loaded.origins).filter(
    ({ origin }) => origin !== OWN && origin !== 'default',
  );
  const variables = Object.fromEntries(given.map(({ path, value }) => [environmentName(path), JSON.stringify(value)]));
  const bytes = Buffer.byteLength(Object.entries(variables).flat().join(''));
  if (bytes > MAX_BYTES) {
    const message = `the settings are ${bytes} bytes; AWS gives a function's environment ${MAX_BYTES}`;
    throw new TwinlegError('CONFIG_INVALID', message, 'leave out what equals the default, or list fewer symbols');
  }
  return variables;
}

/** The settings that a stage runs with now; none where it has no functions. */
export async function deployedSettings(stage: string, region: string): Promise<Variables> {
  const client = new LambdaClient({ region });
  try {
    const FunctionName = `twinleg-${stage}-evaluate`;
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return Object.fromEntries(
      Object.entries(Environment?.Variables ?? {}).filter(([name]) => name.startsWith('TWINLEG__')),
    );
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return {};
    throw error;
  } finally {
    client.destroy();
  }
}
