import type { MessageText } from '#core/alerts/text.ts';
import type { Notifier, SendOutcome } from '#core/ports/alerts.ts';
import type { ApiAnswer, TelegramApi } from './telegram-api.ts';

/** A message is sent or not by then, ms. */
export const SEND_TIMEOUT_MS = 8000;

/** What Telegram says of a text that it will never take. */
const BAD_TEXT = /can't parse entities|message is too long|message text is empty|text must be|strings must be encoded/i;

export interface Sent {
  readonly outcome: SendOutcome;
  /** What the far end calls the message; null where it did not say. */
  readonly messageId: number | null;
}

/** Sends to a chat once, in HTML, and plainly where its marks are not taken. */
export async function sendText(
  api: TelegramApi,
  chat: string,
  { html, plain }: MessageText,
  more: object = {},
): Promise<Sent> {
  const send = async (text: string, mode: object): Promise<Sent> => {
    const payload = { chat_id: chat, text, link_preview_options: { is_disabled: true }, ...mode, ...more };
    const answer = await api.call<{ message_id?: number }>('sendMessage', payload, SEND_TIMEOUT_MS);
    return { outcome: outcomeOf(answer), messageId: answer.kind === 'ok' ? (answer.result?.message_id ?? null) : null };
  };
  const first = await send(html, { parse_mode: 'HTML' });
  return first.outcome.kind === 'refused' ? await send(plain, {}) : first;
}

/** Tells one chat by the Bot API. */
export function createTelegramNotifier(api: TelegramApi, chatId: string): Notifier {
  return { send: async (html, plain) => (await sendText(api, chatId, { html, plain })).outcome };
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
