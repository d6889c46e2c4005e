import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { withOperator } from '#core/engine/control.ts';
import { type ControlState, INITIAL_CONTROL } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { LeaseRecord } from '#core/ports/cloud-store.ts';
import type { StoredState } from '#core/ports/store.ts';
import { OWNER_KEY, type TableKeys } from '../../keys.ts';
import { keyOf, nameOfKey, type TableAccess } from '../access.ts';
import { failureOf } from '../errors.ts';
import { body, bodyOf, controlOf, type Item, keyItem, leaseOf, numberOf, numeric, text } from '../items.ts';
import { leasePut } from '../lease.ts';
import { Attempts, type Patience } from '../retry.ts';
import { controlUpdate, isVersion } from '../transaction.ts';
import { isAt, markerItem, overtaken, type RestoreMarker, readMarker } from './marker.ts';

/** Items of one transaction, beside the marker that it asks for. */
const AT_ONCE = 25;
const PATIENCE: Patience = { budgetMs: 20_000, attempts: 50 };

/** The writes of a restore, each on the condition that it is still the one that goes on. */
export function createSteps(access: TableAccess, keys: TableKeys, sha256: string, beganAtMs: number) {
  const { table: TableName } = access.target;
  const at = (phase: RestoreMarker['phase']): RestoreMarker => ({ phase, sha256, beganAtMs });
  const check = (phase: RestoreMarker['phase']): TransactWriteItem => ({
    ConditionCheck: { TableName, Key: keyItem(keys.restore()), ...isAt(at(phase)) },
  });

  /** Again where others were in the way; `done` tells whether a lost answer had been a yes. */
  async function transact(make: () => Promise<TransactWriteItem[]>, done: () => Promise<boolean>): Promise<void> {
    const attempts = new Attempts(PATIENCE);
    for (;;) {
      try {
        await access.transact(await make());
        return;
      } catch (error) {
        if (error instanceof TwinlegError) throw error;
        const failure = failureOf(error);
        if (failure === 'fatal') throw access.told(error);
        if (failure !== 'contended' && (await done())) return;
        if (!(await attempts.again())) throw failure === 'condition' ? overtaken(TableName) : access.told(error);
      }
    }
  }

  const isPhase = async (phase: RestoreMarker['phase']) => {
    const now = await readMarker(access, keys);
    if (now !== null && now.sha256 !== sha256) throw overtaken(TableName);
    return now?.phase === phase;
  };
  const stillAt = async (phase: RestoreMarker['phase']) => {
    if (!(await isPhase(phase))) throw overtaken(TableName);
    return false;
  };

  return {
    /** From here on nobody enters, and nobody changes the trading state. */
    claim: () =>
      transact(
        async () => {
          const control = controlOf(await access.getOne(keys.control()));
          const values: Item = {};
          const ConditionExpression = isVersion(control.version, values);
          const word = { tradingState: 'HALTED', reason: 'a snapshot is being restored', flatten: false } as const;
          const { UpdateExpression, ExpressionAttributeValues } = controlUpdate(
            withOperator(control, { ...word, atMs: beganAtMs }),
            sha256,
            values,
          );
          return [
            {
              Put: {
                TableName,
                Item: { ...markerItem(keys, at('claimed')), before: body(control) },
                ConditionExpression: 'attribute_not_exists(pk) OR phase = :done',
                ExpressionAttributeValues: { ':done': text('done') },
              },
            },
            {
              Update: {
                TableName,
                Key: keyItem(keys.control()),
                UpdateExpression: `${UpdateExpression}, restoring = :sha256`,
                ConditionExpression,
                ExpressionAttributeValues: { ...ExpressionAttributeValues, ':sha256': text(sha256) },
              },
            },
          ];
        },
        () => isPhase('claimed'),
      ),
    /** Nothing was written: the table is let go of, with the trading state that it had. */
    giveUp: () =>
      transact(
        async () => {
          const [marker, controlItem] = [await access.getOne(keys.restore()), await access.getOne(keys.control())];
          const before = marker?.before === undefined ? INITIAL_CONTROL : bodyOf<ControlState>(marker, 'before');
          const version = (numberOf(controlItem, 'version') ?? 0) + 1;
          const { UpdateExpression, ...values } = controlUpdate({ ...before, version }, sha256, {});
          return [
            { Delete: { TableName, Key: keyItem(keys.restore()), ...isAt(at('claimed')) } },
            {
              Update: {
                TableName,
                Key: keyItem(keys.control()),
                UpdateExpression: `${UpdateExpression} REMOVE restoring`,
                ...values,
              },
            },
          ];
        },
        async () => (await readMarker(access, keys)) === null,
      ),
    move: (from: RestoreMarker['phase'], to: RestoreMarker['phase']) =>
      transact(
        async () => [{ Put: { TableName, Item: markerItem(keys, at(to)), ...isAt(at(from)) } }],
        () => isPhase(to),
      ),
    async put(phase: RestoreMarker['phase'], items: readonly Item[]) {
      for (let i = 0; i < items.length; i += AT_ONCE) {
        const puts = items.slice(i, i + AT_ONCE).map((item) => ({ Put: { TableName, Item: item } }));
        await transact(
          async () => [check(phase), ...puts],
          () => stillAt(phase),
        );
      }
      // Figures that were rolled up do not know what has come.
      await transact(
        async () => [check(phase), { Delete: { TableName, Key: keyItem(keys.kpi(null)) } }],
        () => stillAt(phase),
      );
    },
    /** Those that are there have come before, and may have been gone on with since. */
    async putNew(items: readonly Item[]) {
      for (let i = 0; i < items.length; i += AT_ONCE) {
        const some = items.slice(i, i + AT_ONCE);
        await transact(
          async () => {
            const there = await access.get(some.map(keyOf));
            const missing = some.filter((item) => !there.has(nameOfKey(keyOf(item))));
            const ConditionExpression = 'attribute_not_exists(pk)';
            return [
              check('symbols'),
              ...missing.map((item) => ({ Put: { TableName, Item: item, ConditionExpression } })),
            ];
          },
          () => stillAt('symbols'),
        );
      }
    },
    /** The trading state is the snapshot's, whoever led has to lead anew, and all of it counts. */
    finish: ({ control }: StoredState, epoch: number, restores: number) =>
      transact(
        async () => {
          const [controlItem, leaseItem] = [await access.getOne(keys.control()), await access.getOne(keys.lease())];
          const lease = leaseOf(leaseItem);
          const fence = Math.max(epoch, lease?.epoch ?? 0);
          // Newer than all that anybody has seen: nobody goes by what he saw before.
          const version = Math.max(control.version, (numberOf(controlItem, 'version') ?? 0) + 1);
          const { UpdateExpression, ExpressionAttributeValues } = controlUpdate({ ...control, version }, sha256, {});
          return [
            { Put: { TableName, Item: markerItem(keys, at('done')), ...isAt(at('symbols')) } },
            {
              Update: {
                TableName,
                Key: keyItem(keys.control()),
                UpdateExpression: `${UpdateExpression}, fence = :fence REMOVE restoring`,
                ConditionExpression: 'restoring = :sha256',
                ExpressionAttributeValues: {
                  ...ExpressionAttributeValues,
                  ':fence': numeric(fence),
                  ':sha256': text(sha256),
                },
              },
            },
            ...leaseWrite(TableName, keys, fence, lease),
            {
              Update: {
                TableName,
                Key: keyItem(OWNER_KEY),
                UpdateExpression: 'SET restores = :restores',
                ExpressionAttributeValues: { ':restores': numeric(restores) },
              },
            },
          ];
        },
        () => isPhase('done'),
      ),
  };
}

/** Whoever led has lost the lease, and begins anew with an epoch that is newer than all that was decided. */
function leaseWrite(table: string, keys: TableKeys, epoch: number, seen: LeaseRecord | null): TransactWriteItem[] {
  if (epoch === 0) return [];
  const record = { epoch, holder: 'restore', beat: (seen?.beat ?? 0) + 1, released: true };
  return [{ Put: leasePut(table, keys, record, seen) }];
}
