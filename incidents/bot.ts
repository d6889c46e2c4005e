import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ALERTS, type AlertCode } from '#core/alerts/catalogue.ts';

const MAIN = fileURLToPath(new URL('../simulator/bot-main.ts', import.meta.url));
export const BOT_TOKEN = '1:rehearsal';
export const CHAT_ID = '77';

interface SentMessage {
  readonly atMs: number;
  readonly text: string;
}

/** A Bot API in a process of its own that stands in for Telegram: the operator's telephone. */
export class Bot {
  readonly url: string;
  readonly #stop: () => Promise<unknown>;

  private constructor(url: string, stop: () => Promise<unknown>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(): Promise<Bot> {
    // It ends with its input, so with this process.
    const child = spawn(process.execPath, [MAIN, '--token', BOT_TOKEN], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    return new Bot(url, () => {
      child.stdin.end();
      return ended;
    });
  }

  /** How it answers from now on: `ok`, or one of the simulator’s bad days for so many calls (all, where it is left out). */
  async mode(mode: 'ok' | 'broken' | 'refuse', calls?: number): Promise<void> {
    await this.#control({ mode, calls });
  }

  async messages(): Promise<readonly SentMessage[]> {
    return (await this.#control({})).messages;
  }

  stop(): Promise<unknown> {
    return this.#stop();
  }

  async #control(order: object): Promise<{ messages: readonly SentMessage[] }> {
    const response = await fetch(`${this.url}/control`, { method: 'POST', body: JSON.stringify(order) });
    return (await response.json()) as { messages: readonly SentMessage[] };
  }
}

/** Messages that tell of an alert: of its beginning, or of its end. */
export function telling(messages: readonly SentMessage[], code: AlertCode, over: boolean): readonly SentMessage[] {
  const { title } = ALERTS[code];
  const tells = (line: string) =>
    line.includes(title) && (line.includes('✅') === over || line.includes('(over)') === over);
  return messages.filter(({ text }) => text.split('\n').some(tells));
}
