import { AsyncLocalStorage } from 'node:async_hooks';
import { SQSClient } from '@aws-sdk/client-sqs';

/** One request as a part of the product made it. */
export interface SeenCall {
  /** As the SDK names it, without `Command`. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Send = (command: { readonly input: Readonly<Record<string, unknown>> }, ...rest: unknown[]) => unknown;

const caller = new AsyncLocalStorage<string>();

/** Sees every request that any client of the SDK sends in this process, by the part of the product that sent it. */
export class SeenCalls {
  readonly #byCaller = new Map<string, SeenCall[]>();
  readonly #stop: () => void;

  constructor() {
    const base = baseClientOf(SQSClient.prototype);
    const plain = base.send;
    const seen = this.#byCaller;
    base.send = function send(command, ...rest) {
      const who = caller.getStore();
      if (who !== undefined) {
        const call = { name: command.constructor.name.replace(/Command$/, ''), input: command.input };
        seen.set(who, [...(seen.get(who) ?? []), call]);
      }
      return plain.call(this, command, ...rest);
    };
    this.#stop = () => {
      base.send = plain;
    };
  }

  /** Everything that the work calls, and what follows from it, is seen as that part's. */
  by<T>(who: string, work: () => T): T {
    return caller.run(who, work);
  }

  of(who: string): readonly SeenCall[] {
    return this.#byCaller.get(who) ?? [];
  }

  stop(): void {
    this.#stop();
  }
}

/** The class that all clients inherit `send` from. */
function baseClientOf(client: object): { send: Send } {
  for (let each = client; each !== null; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'send')) return each as { send: Send };
  }
  throw new Error('the SDK sends in another way');
}
