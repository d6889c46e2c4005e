import { z } from 'zod';
import { plainText } from '#core/alerts/text.ts';

const SENDER_UNITS = 60;
/** Longest text that is looked at; commands are short. */
const TEXT_UNITS = 400;

const chat = z.object({ id: z.int(), type: z.string().default('private') });
const sender = z.object({ id: z.int(), username: z.string().optional(), first_name: z.string().optional() });
const shape = z.object({
  update_id: z.int(),
  message: z
    .object({ message_id: z.int(), date: z.int(), chat, from: sender.optional(), text: z.string().optional() })
    .optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: sender,
      data: z.string().optional(),
      message: z.object({ message_id: z.int(), chat }).optional(),
    })
    .optional(),
});

/** What somebody did: wrote a text, or pressed a button below a message. */
export interface BotUpdate {
  readonly id: string;
  readonly chat: string;
  readonly isPrivate: boolean;
  readonly sender: string;
  /** What was written, or the button's data. */
  readonly text: string;
  /** Null where a text was written. */
  readonly press: { readonly queryId: string; readonly messageId: number } | null;
  /** When it was written by Telegram's clock, ms; null for a press. */
  readonly sentAtMs: number | null;
}

/** One update of the Bot API; null where it is none that a bot of commands looks at. */
export function readUpdate(raw: unknown): BotUpdate | null {
  const read = shape.safeParse(raw);
  if (!read.success) return null;
  const { update_id, message, callback_query: query } = read.data;
  if (query?.message !== undefined) {
    const press = { queryId: query.id, messageId: query.message.message_id };
    return { ...from(update_id, query.message.chat, query.from, query.data ?? ''), press, sentAtMs: null };
  }
  if (message?.text === undefined) return null;
  return { ...from(update_id, message.chat, message.from, message.text), press: null, sentAtMs: message.date * 1000 };
}

function from(
  updateId: number,
  { id, type }: z.infer<typeof chat>,
  who: z.infer<typeof sender> | undefined,
  text: string,
) {
  const name = who === undefined ? 'unknown' : who.username === undefined ? who.first_name : `@${who.username}`;
  return {
    id: String(updateId),
    chat: String(id),
    isPrivate: type === 'private',
    sender: plainText(`${name ?? ''} (${who?.id ?? id})`, SENDER_UNITS),
    text: plainText(text, TEXT_UNITS),
  };
}

/** The number of an update, however little of the rest is understood. */
export function updateNumber(raw: unknown): number | null {
  const read = z.object({ update_id: z.int() }).safeParse(raw);
  return read.success ? read.data.update_id : null;
}
