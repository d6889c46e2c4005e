import { type ControlAction, operatorChange } from '#adapters/wiring/control.ts';
import type { Command } from './command.ts';
import { state } from './format.ts';

/** The commands that set the trading state: they reach a run through its store, and hold for the next one otherwise. */
export function tradingStateCommand(action: ControlAction, summary: string): Command {
  return {
    name: action,
    summary,
    options: [{ flags: '--reason <text>', about: 'why, for the record' }],
    async run(context) {
      const reason = context.option<string>('reason') ?? `twinleg ${action}`;
      const control = await context.withRecords(async (records) =>
        records.changeControl(operatorChange(await records.control(), action, reason, Date.now())),
      );
      const result = { tradingState: control.tradingState, flatten: control.flatten, atMs: control.atMs };
      context.out.result(result, ({ tradingState, flatten }) => {
        return `trading state ${state(tradingState)}${flatten ? ', closing everything' : ''}`;
      });
      return undefined;
    },
  };
}
