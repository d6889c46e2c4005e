import type { StoredLetter } from '#adapters/bus/sqs/dead-letters.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../context.ts';
import { moment } from '../format.ts';
import { paint, table } from '../output.ts';

interface Row {
  readonly queue: string;
  readonly id: string;
  readonly atMs: number;
  readonly reason: string;
  readonly detail: string;
  readonly body: string;
  /** Of `replay` alone: sent to its queue again, and gone from here. */
  readonly replayed?: boolean;
}

/** So much of a body is shown to people. */
const SHOWN_CHARACTERS = 60;

export const command: Command = {
  name: 'dlq',
  summary: 'what the cloud wiring could not use; sends work again',
  arguments: [
    {
      name: '<action>',
      about: 'list shows all; replay sends work again, never a tick or an alert',
      choices: ['list', 'replay'],
    },
    { name: '[id]', about: 'replay this one alone' },
  ],
  async run(context) {
    const { config } = context.config();
    if (config.wiring !== 'cloud') {
      throw usageError('only the cloud wiring has dead letters', 'add --wiring cloud (and --set cloud.stage=STAGE)');
    }
    const [action, id] = context.args;
    const { withDeadLetters } = await import('#adapters/wiring/dead-letters.ts');
    const rows = await withDeadLetters(config, async (letters) => {
      const all = await letters.list();
      const chosen = id === undefined ? all : all.filter((letter) => letter.id === id);
      const rows: Row[] = [];
      for (const letter of chosen) {
        if (action === 'replay') rows.push({ ...rowOf(letter), replayed: await letters.replay(letter) });
        else rows.push(rowOf(letter));
      }
      // What stays is to be seen again at once, and not when its time is over.
      const gone = new Set(rows.filter(({ replayed }) => replayed).map((row) => row.id));
      for (const letter of all) if (!gone.has(letter.id)) await letters.release(letter);
      if (id !== undefined && chosen.length === 0) {
        throw new TwinlegError(
          'LETTER_UNKNOWN',
          `no dead letter has the id ${id}`,
          'npx twinleg dlq list --wiring cloud shows them',
        );
      }
      return rows;
    });
    tell(context, rows, action === 'replay');
    return undefined;
  },
};

function rowOf({ queue, id, atMs, reason, detail, body }: StoredLetter): Row {
  return { queue, id, atMs, reason, detail, body };
}

function tell(context: Context, rows: readonly Row[], replaying: boolean): void {
  context.out.result(rows, (all) => {
    if (all.length === 0) return 'no dead letter';
    const shown = table(all, [
      { title: 'at', value: ({ atMs }) => moment(atMs) },
      { title: 'from', value: ({ queue }) => queue },
      { title: 'reason', value: ({ reason }) => paint('yellow', reason) },
      { title: 'detail', value: ({ detail }) => detail.slice(0, SHOWN_CHARACTERS) },
      { title: 'id', value: ({ id }) => id },
      ...(replaying
        ? [{ title: 'sent again', value: ({ replayed }: Row) => (replayed ? 'yes' : 'no: not work') }]
        : []),
    ]);
    const sent = all.filter(({ replayed }) => replayed).length;
    return replaying ? `${shown}\n\n${sent} of ${all.length} sent again` : shown;
  });
}
