import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ALERT_SECRET_NAMES, type AlertSecrets, readAlertSecrets } from './secrets.ts';

/** Where a stage keeps a secret: a SecureString of the Parameter Store. */
export function secretParameter(stage: string, name: string): string {
  return `/twinleg/${stage}/alerts/${name}`;
}

/** The secrets of a deployed stage: from the environment, and what is not there from the stage's parameters. */
export async function readStageSecrets(
  env: Readonly<Record<string, string | undefined>>,
  { stage, region }: { readonly stage: string; readonly region: string },
): Promise<AlertSecrets> {
  const own = readAlertSecrets(env);
  const missing = Object.entries(ALERT_SECRET_NAMES).filter(([field]) => own[field as keyof AlertSecrets] === null);
  if (missing.length === 0) return own;
  const client = new SSMClient({ region });
  try {
    const Names = missing.map(([, name]) => secretParameter(stage, name));
    const { Parameters = [] } = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
    const found = (name: string) =>
      Parameters.find(({ Name }) => Name === secretParameter(stage, name))?.Value?.trim() || null;
    const stored = Object.fromEntries(missing.map(([field, name]) => [field, found(name)]));
    return { ...own, ...stored };
  } finally {
    client.destroy();
  }
}
