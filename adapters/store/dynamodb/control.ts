import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { withHold, withOperator } from '#core/engine/control.ts';
import type { ControlState, OperatorChange } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { HoldRequest, HoldResult } from '#core/ports/store.ts';
import type { TableAccess } from './access.ts';
import { failureOf } from './errors.ts';
import { controlOf, type Item, keyItem } from './items.ts';
import { Attempts, type Patience } from './retry.ts';
import { controlUpdate, isVersion, type Making, recordItems } from './transaction.ts';

interface ControlParts {
  readonly access: TableAccess;
  readonly making: Making;
  readonly patience: Patience;
}

interface SeenControl {
  readonly control: ControlState;
  readonly writer: string | undefined;
  /** The table is being made of a snapshot: nobody changes the control meanwhile. */
  readonly restoring: boolean;
}

/** The trading state of all symbols: every write is conditional on the version that it was made from. */
export function createControl({ access, making, patience }: ControlParts) {
  const { table, keys } = making;
  const key = keys.control();

  async function see(): Promise<SeenControl> {
    const item = await access.getOne(key);
    return { control: controlOf(item), writer: item?.writer?.S, restoring: item?.restoring !== undefined };
  }

  function update(control: ControlState, writer: string, from: number | null) {
    const values: Item = {};
    const ConditionExpression = from === null ? undefined : isVersion(from, values);
    return {
      TableName: table,
      Key: keyItem(key),
      ...controlUpdate(control, writer, values),
      ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
    };
  }

  /** Writes a control made from what is there, again where somebody was faster. */
  async function change(next: (before: ControlState) => ControlState): Promise<ControlState> {
    const writer = randomUUID();
    const attempts = new Attempts(patience);
    let seen = await see();
    for (;;) {
      if (seen.restoring) throw restoring(table);
      const control = next(seen.control);
      try {
        await access.client.send(new UpdateItemCommand(update(control, writer, seen.control.version)));
        return control;
      } catch (error) {
        if (failureOf(error) === 'fatal' || !(await attempts.again())) throw access.told(error);
        seen = await see();
        if (seen.writer === writer) return seen.control;
      }
    }
  }

  return {
    read: async () => (await see()).control,
    changeByOperator: (word: OperatorChange) => change((before) => withOperator(before, word)),
    async put(control: ControlState): Promise<void> {
      const command = new UpdateItemCommand(update(control, randomUUID(), null));
      await access.repeat(() => access.client.send(command), patience);
    },
    async hold({ controlVersion, change: hold, decisions, alerts }: HoldRequest): Promise<HoldResult> {
      const writer = randomUUID();
      const attempts = new Attempts(patience);
      let seen = await see();
      for (;;) {
        if (seen.restoring) return { ok: false, control: seen.control };
        if (seen.control.version !== controlVersion) return { ok: seen.writer === writer, control: seen.control };
        const control = withHold(seen.control, hold);
        try {
          const records = recordItems(decisions, alerts, making);
          await access.transact([{ Update: update(control, writer, controlVersion) }, ...records]);
          return { ok: true, control };
        } catch (error) {
          if (failureOf(error) === 'fatal' || !(await attempts.again())) throw access.told(error);
          seen = await see();
        }
      }
    },
  };
}

function restoring(table: string): TwinlegError {
  return new TwinlegError(
    'RESTORE_UNFINISHED',
    `the table ${table} is being restored from a snapshot`,
    'wait for its end; where it was broken off, run npx twinleg snapshot restore with the same file again',
  );
}
