import type { Notifier, SendOutcome } from '#core/ports/alerts.ts';
import type { ApiAnswer, TelegramApi } from './telegram-api.ts';

/** A message is sent or not by then, ms. */
export const SEND_TIMEOUT_MS = 8000;

/** What Telegram says of a text that it will never take. */
const BAD_TEXT = /can't parse entities|message is too long|message text is empty|text must be|strings must be encoded/i;

/** Tells one chat by the Bot API: in HTML, and plainly where its marks are not taken. */
export function createTelegramNotifier(api: TelegramApi, chatId: string): Notifier {
  const send = (text: string, more: object) =>
    api.call(
      'sendMessage',
      { chat_id: chatId, text, link_preview_options: { is_disabled: true }, ...more },
      SEND_TIMEOUT_MS,
    );
  return {
    async send(html, plain) {
      const first = outcomeOf(await send(html, { parse_mode: 'HTML' }));
      return first.kind === 'refused' ? outcomeOf(await send(plain, {})) : first;
    },
  };
}

function outcomeOf(answer: ApiAnswer<unknown>): SendOutcome {
  if (answer.kind === 'ok') return { kind: 'sent' };
  if (answer.kind === 'unreached') return { kind: 'failed', reason: answer.reason };
  if (answer.kind === 'unanswered') return { kind: 'unknown', reason: answer.reason };
  const { status, description, retryAfterMs } = answer;
  if (retryAfterMs > 0) return { kind: 'limited', retryAfterMs };
  const reason = `${status}: ${description}`;
  return status === 400 && BAD_TEXT.test(description) ? { kind: 'refused', reason } : { kind: 'failed', reason };
}
