import { randomUUID } from 'node:crypto';
import { noticeText } from '#core/alerts/format.ts';
import type { Alert } from '#core/alerts/types.ts';
import { EMPTY_WINDOW, endSlot, type SendWindow, takeSlot, windowLimits } from '#core/alerts/window.ts';
import type { NoticeQueue, Notifier } from '#core/ports/alerts.ts';
import { SEND_TIMEOUT_MS } from './telegram.ts';

interface DirectParts {
  readonly notifier: Notifier;
  readonly maxPerMinute: number;
  readonly runbookBase: string | null;
  readonly run: string;
  readonly now: () => number;
}

/**
 * Tells what cannot be stored, as the store itself is what is lost. Goes on from the window of sends that was last seen and
 * gives back what it used of it.
 */
export class DirectLine {
  readonly #parts: DirectParts;
  /** Begins the names of its own sends: others use the same window. */
  readonly #name = `direct-${randomUUID()}-`;
  #window: SendWindow = EMPTY_WINDOW;
  #used = 0;

  constructor(parts: DirectParts) {
    this.#parts = parts;
  }

  /** The queue as before, with its window remembered. */
  watch(queue: NoticeQueue): NoticeQueue {
    return {
      ...queue,
      window: async (change) => {
        const stored = await queue.window(change);
        this.#window = this.#withMine(stored);
        return stored;
      },
    };
  }

  /** Whether it was told. */
  async tell(alert: Alert): Promise<boolean> {
    const { notifier, now, maxPerMinute } = this.#parts;
    const id = `${this.#name}${this.#used++}`;
    const urgent = alert.severity === 'P0';
    const taken = takeSlot(this.#window, id, now(), urgent, windowLimits(maxPerMinute, SEND_TIMEOUT_MS));
    if (taken === null) return false;
    this.#window = taken;
    const notice = { id, kind: alert.kind, atMs: alert.atMs, alert, run: this.#parts.run, repeats: 0, unsure: false };
    const text = noticeText(notice, this.#parts);
    const { kind } = await notifier.send(text.html, text.plain);
    this.#window = endSlot(this.#window, id, kind === 'failed' || kind === 'limited' ? null : now());
    return kind === 'sent';
  }

  /** Enters what was sent meanwhile into the stored window. */
  async giveBack(queue: NoticeQueue): Promise<void> {
    if (!this.#window.slots.some(({ id }) => id.startsWith(this.#name))) return;
    await queue.window((stored) => this.#withMine(stored));
  }

  /** A window with this line's own sends as it knows them. */
  #withMine(stored: SendWindow): SendWindow {
    const isMine = ({ id }: { readonly id: string }) => id.startsWith(this.#name);
    const others = stored.slots.filter((slot) => !isMine(slot));
    return { ...stored, slots: [...others, ...this.#window.slots.filter(isMine)] };
  }
}
