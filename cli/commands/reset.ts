import { createInterface } from 'node:readline/promises';
import { describePaperStore, resetStore } from '#adapters/wiring/reset.ts';
import type { Command } from '../command.ts';
import { usageError } from '../context.ts';

export const command: Command = {
  name: 'reset',
  summary: 'empty a paper store: trades, positions, balances, history; asks first',
  options: [{ flags: '--yes', about: 'do not ask: for scripts' }],
  async run(context) {
    const data = context.directory();
    const found = describePaperStore(data);
    if (!context.option('yes')) {
      if (!process.stdin.isTTY || context.out.isJson) {
        throw usageError(`reset asks first, and there is no terminal to ask on (${found})`, 'add --yes');
      }
      if (!(await agreed(`Remove all of ${found}? Type yes: `))) {
        context.out.result({ removed: [] }, () => 'nothing was removed');
        return undefined;
      }
    }
    const removed = resetStore(data);
    context.out.result({ removed }, (result) => `removed ${result.removed.join(', ')}`);
    return undefined;
  },
};

async function agreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}
