import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import { compileSettings, type Settings } from '#core/engine/settings.ts';
import type { DeploymentStore } from '#core/ports/deployment.ts';
import type { SettingsSource } from './judge.ts';

/**
 * The settings in force, made anew whenever the configuration's epoch has grown. `agrees` is false where the list was made
 * under another configuration than this part has: a deployment is under way, and nothing is opened meanwhile.
 */
export function createSettingsSource(config: Config, deployments: DeploymentStore): SettingsSource {
  const own = configVersion(config);
  let cached: { readonly epoch: number; readonly known: { settings: Settings; agrees: boolean } } | null = null;
  return {
    async at(epoch) {
      if (cached?.epoch === epoch) return cached.known;
      const deployment = await deployments.read();
      if (deployment === null) return null;
      const { list, instruments, configVersion: madeUnder } = deployment;
      const byName = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
      const settings = compileSettings(config, byName, { guardsOn: true, list });
      cached = { epoch, known: { settings, agrees: madeUnder === own } };
      return cached.known;
    },
  };
}
