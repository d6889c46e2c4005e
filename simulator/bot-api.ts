import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { htmlFault } from './bot-html.ts';

/** A message that the bot sent. */
export interface SentMessage {
  readonly atMs: number;
  readonly chatId: string;
  readonly text: string;
  readonly html: boolean;
  /** Data of the buttons below it. */
  readonly buttons: readonly string[];
}

/** What the next calls of `sendMessage` get instead of an answer; `silent` and `half` deliver, and nobody hears of it. */
export type BotMode = 'ok' | 'limited' | 'broken' | 'silent' | 'half' | 'refuse';

export interface BotApi {
  readonly url: string;
  readonly messages: readonly SentMessage[];
  /** What `setWebhook` was told last; empty where it posts nowhere. */
  readonly webhook: Readonly<Record<string, unknown>>;
  /** Calls of `sendMessage`, whatever became of them. */
  readonly calls: number;
  /** From now on, for so many calls (all, where it is left out). */
  mode(mode: BotMode, calls?: number, retryAfterSeconds?: number): void;
  /** Calls of any method, by its name. */
  readonly asked: Readonly<Record<string, number>>;
  /** Somebody writes to the bot. Returns the update's number. */
  say(chatId: number | string, text: string, dateMs?: number): number;
  /** Somebody presses the button with that data, below the message that has it or another one. Returns the update's number. */
  press(chatId: number | string, data: string, messageId?: number): number;
  /** An update as it is, whatever it may be. */
  update(body: object): void;
  /** The next polls are answered so; 409 is what a second poller or a webhook makes of them. */
  failPolls(status: number, description: string, polls: number): void;
  close(): Promise<void>;
}

interface Update {
  readonly update_id: number;
}

/** Holds a long poll at most this long, ms. */
const MOST_POLL_MS = 2000;

/** A Bot API on loopback: takes messages as Telegram does, with its limits of length and marks, and its bad days. */
export async function startBotApi(token: string, port = 0): Promise<BotApi> {
  const messages: SentMessage[] = [];
  const updates: Update[] = [];
  const polls = new Set<() => void>();
  const asked: Record<string, number> = {};
  let pollFault = { status: 0, description: '', left: 0 };
  let mode: { kind: BotMode; left: number; retryAfterSeconds: number } = { kind: 'ok', left: 0, retryAfterSeconds: 1 };
  let calls = 0;
  let webhook: Readonly<Record<string, unknown>> = {};
  let nextUpdate = 1;

  function takeMode(): BotMode {
    if (mode.kind !== 'ok' && mode.left-- <= 0) mode = { ...mode, kind: 'ok' };
    return mode.kind;
  }

  function sendMessage(body: Record<string, unknown>, response: ServerResponse): void {
    calls++;
    const kind = takeMode();
    if (kind === 'limited') {
      const parameters = { retry_after: mode.retryAfterSeconds };
      reply(response, 429, { ok: false, error_code: 429, description: 'Too Many Requests', parameters });
      return;
    }
    if (kind === 'broken') {
      response.writeHead(500).end('<html>Internal Server Error</html>');
      return;
    }
    const text = String(body.text ?? '');
    const html = body.parse_mode === 'HTML';
    const fault = kind === 'refuse' ? "can't parse entities: injected" : textFault(text, html);
    if (fault !== null) {
      reply(response, 400, { ok: false, error_code: 400, description: `Bad Request: ${fault}` });
      return;
    }
    const markup = body.reply_markup as { inline_keyboard?: { callback_data: string }[][] } | undefined;
    const buttons = markup?.inline_keyboard?.flat().map(({ callback_data }) => callback_data) ?? [];
    messages.push({ atMs: Date.now(), chatId: String(body.chat_id), text, html, buttons });
    if (kind === 'silent') return;
    const chat = { id: Number(body.chat_id), type: 'private' };
    const result = { message_id: messages.length, date: Math.floor(Date.now() / 1000), chat, text };
    const answer = JSON.stringify({ ok: true, result });
    if (kind === 'half') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
      response.write(answer.slice(0, answer.length / 2), () => response.destroy());
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  }

  function getUpdates(body: Record<string, unknown>, response: ServerResponse): void {
    if (pollFault.left > 0) {
      pollFault.left--;
      const { status, description } = pollFault;
      reply(response, status, { ok: false, error_code: status, description });
      return;
    }
    const offset = Number(body.offset ?? 0);
    while (updates.length > 0 && updates[0]!.update_id < offset) updates.shift();
    const answer = () => {
      clearTimeout(timer);
      polls.delete(answer);
      reply(response, 200, { ok: true, result: updates.filter(({ update_id }) => update_id >= offset) });
    };
    const timer = setTimeout(answer, Math.min(Number(body.timeout ?? 0) * 1000, MOST_POLL_MS));
    if (updates.length > 0) answer();
    else polls.add(answer);
    response.on('close', () => {
      clearTimeout(timer);
      polls.delete(answer);
    });
  }

  const methods: Record<string, (body: Record<string, unknown>, response: ServerResponse) => void> = {
    sendMessage,
    getUpdates,
    answerCallbackQuery: (_body, response) => reply(response, 200, { ok: true, result: true }),
    editMessageReplyMarkup: (_body, response) => reply(response, 200, { ok: true, result: true }),
    deleteWebhook: (_body, response) => {
      webhook = {};
      reply(response, 200, { ok: true, result: true });
    },
    setWebhook: (body, response) => {
      webhook = body;
      reply(response, 200, { ok: true, result: true });
    },
    getWebhookInfo: (_body, response) =>
      reply(response, 200, { ok: true, result: { url: webhook.url ?? '', pending_update_count: updates.length } }),
  };

  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (request.url === '/control') return reply(response, 200, control(body));
      const [, bot, method = ''] = (request.url ?? '').split('/');
      if (bot !== `bot${token}`)
        return reply(response, 401, { ok: false, error_code: 401, description: 'Unauthorized' });
      asked[method] = (asked[method] ?? 0) + 1;
      const answer = methods[method];
      if (answer === undefined) return reply(response, 404, { ok: false, error_code: 404, description: 'Not Found' });
      answer(body, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  function control(body: Record<string, unknown>): object {
    if (typeof body.mode === 'string')
      api.mode(body.mode as BotMode, body.calls as number | undefined, body.retryAfterSeconds as number | undefined);
    if (typeof body.say === 'string') api.say(String(body.chat), body.say);
    if (typeof body.press === 'string') api.press(String(body.chat), body.press);
    return { calls, messages };
  }

  function push(body: object): number {
    const update_id = nextUpdate++;
    updates.push({ update_id, ...body });
    for (const poll of [...polls]) poll();
    return update_id;
  }

  const api: BotApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    get calls() {
      return calls;
    },
    asked,
    get webhook() {
      return webhook;
    },
    mode(kind, most = Number.POSITIVE_INFINITY, retryAfterSeconds = 1) {
      mode = { kind, left: most, retryAfterSeconds };
    },
    say(chatId, text, dateMs = Date.now()) {
      const message = { message_id: 100_000 + nextUpdate, date: Math.floor(dateMs / 1000), ...parties(chatId), text };
      return push({ message });
    },
    press(chatId, data, messageId = messages.findIndex(({ buttons }) => buttons.includes(data)) + 1) {
      const { chat, from } = parties(chatId);
      return push({ callback_query: { id: `q${nextUpdate}`, from, message: { message_id: messageId, chat }, data } });
    },
    update: (body) => void push(body),
    failPolls(status, description, left) {
      pollFault = { status, description, left };
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return api;
}

function parties(chatId: number | string) {
  const id = Number(chatId);
  return {
    chat: { id, type: id < 0 ? 'group' : 'private' },
    from: { id: Math.abs(id), is_bot: false, username: 'operator' },
  };
}

function textFault(text: string, html: boolean): string | null {
  if (text.trim() === '') return 'message text is empty';
  const fault = html ? htmlFault(text) : null;
  if (fault !== null) return `can't parse entities: ${fault}`;
  return text.replaceAll(/<[^>]*>/g, '').length > 4096 ? 'message is too long' : null;
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
