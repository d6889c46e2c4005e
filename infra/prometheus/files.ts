import { toYaml } from '../yaml.ts';
import { alertmanagerConfig, prometheusConfig } from './config.ts';
import { alertingRules, recordingRules } from './rules.ts';

const HEAD = '# Made by `npm run generate` from the catalogues in core/; change those.\n';

/** The generated files of infra/prometheus, by name. */
export function prometheusFiles(): Record<string, string> {
  return {
    'recording.yml': HEAD + toYaml(recordingRules()),
    'alerts.yml': HEAD + toYaml(alertingRules()),
    'prometheus.yml': HEAD + toYaml(prometheusConfig({ targets: ['127.0.0.1:9464'], alertmanager: '127.0.0.1:9093' })),
    'alertmanager.yml':
      HEAD +
      toYaml(
        alertmanagerConfig({
          webhookUrl: 'http://127.0.0.1:9464/alertmanager',
          secretFile: 'webhook-secret',
          deadManUrl: null,
          telegram: null,
        }),
      ),
  };
}
