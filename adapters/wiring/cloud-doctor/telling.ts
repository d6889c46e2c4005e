import { sqsError } from '#adapters/bus/sqs/errors.ts';
import { readStageSecrets, secretParameter } from '#adapters/config/stage-secrets.ts';
import type { Config } from '#core/config.ts';
import { type Check, failed, failedBy, passed } from '../checks.ts';

/** A chat's or a group's; a channel may be called by its name. */
const CHAT_ID = /^(-?\d+|@\w+)$/;

/** Whether alerts of a stage reach somebody: by its parameters, which no deployment knows by itself. */
export async function checkTelling({ cloud }: Pick<Config, 'cloud'>): Promise<Check> {
  const parameter = (name: string) => secretParameter(cloud.stage, name);
  const put = (name: string) =>
    `aws ssm put-parameter --overwrite --type SecureString --region ${cloud.region} --name ${parameter(name)} --value …`;
  try {
    const { botToken, chatId, webhookSecret } = await readStageSecrets({}, cloud);
    if (botToken === null && chatId === null)
      return passed('alerts', `kept and told to nobody: no ${parameter('TELEGRAM_BOT_TOKEN')}, no …_CHAT_ID`);
    if (botToken === null || chatId === null) {
      const name = botToken === null ? 'TELEGRAM_BOT_TOKEN' : 'TELEGRAM_CHAT_ID';
      return { ...failed('alerts', `there is no ${parameter(name)}`, put(name)), code: 'SECRET_MISSING' };
    }
    if (!CHAT_ID.test(chatId)) {
      const detail = `${parameter('TELEGRAM_CHAT_ID')} is no chat: a whole number, negative for a group`;
      return { ...failed('alerts', detail, put('TELEGRAM_CHAT_ID')), code: 'SECRET_INVALID' };
    }
    return passed(
      'alerts',
      webhookSecret === null
        ? `told to a chat; commands are not taken: no ${parameter('TELEGRAM_WEBHOOK_SECRET')}`
        : 'told to a chat, which may command',
    );
  } catch (error) {
    return failedBy('alerts', sqsError(`parameters of ${cloud.stage}`, error));
  }
}
