import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { claimTable } from '#adapters/store/dynamodb/owner.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { describeHybrid } from '../support/cloud/describe-hybrid.ts';

describeHybrid('one process with its state in the table', (world) => {
  const replayed = async (tape: string) => {
    const { code, json, stderr } = await cli('backtest', '--tape', tape, '--json');
    assert.equal(code, 0, stderr);
    return json<{ trades: Trade[] }>().trades;
  };

  test('closed trades in the table: every command tells the same, and its recording replays to the digit', () =>
    withDirectory(async (data) => {
      const stage = await world.open();
      const tape = join(data, 'tape.gz');
      const run = stage.run(data, '--record', tape);
      await run.event('started');
      await stage.closes(run, 4);
      const status = await stage.ask<{ running: boolean; source: string }>('hybrid', 'status');
      assert.deepEqual([status.running, status.source], [true, 'real']);
      const { code, json, stderr } = await run.stop();
      assert.equal(code, 0, stderr);
      const summary = json<{ trades: number; openPositions: number; pnlUsdt: number }>();
      for (const command of ['trades', 'positions', 'kpi', 'balances', 'why BTC']) {
        const asked = ['hybrid', 'cloud'].map((wiring) => stage.ask<unknown>(wiring, ...command.split(' ')));
        const [there, here] = await Promise.all(asked);
        assert.deepEqual(there, here, command);
      }
      const stored = await stage.ask<Trade[]>('cloud', 'trades');
      const positions = await stage.ask<PositionView[]>('cloud', 'positions');
      assert.deepEqual([stored.length, positions.length], [summary.trades, summary.openPositions]);
      const balances = await stage.ask<{ valueUsdt: number | null }[]>('cloud', 'balances');
      assert.ok(balances.length > 0 && balances.every(({ valueUsdt }) => valueUsdt !== null), 'marks are kept');
      const { total } = await stage.ask<{ total: { trades: number; pnlUsdt: number } }>('cloud', 'kpi');
      assert.deepEqual([total.trades, total.pnlUsdt], [summary.trades, summary.pnlUsdt]);
      assert.deepEqual(await replayed(tape), stored, 'the same decisions on SQLite');
      await stage.inOrder();
    }));

  test('what cannot start says why and what to do, and leaves nothing behind', () =>
    withDirectory(async (folder) => {
      const stage = await world.open();
      await claimTable(
        createTableAccess(stage.client(), { table: `twinleg-${stage.name}`, region: 'ap-northeast-2' }),
        {
          mode: 'paper',
          source: 'simulator',
        },
      );
      const data = join(folder, 'data');
      const none = join(folder, 'none');
      const nobody = {
        AWS_ENDPOINT_URL: world.emulator.url,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SHARED_CREDENTIALS_FILE: none,
        AWS_CONFIG_FILE: none,
      };
      const known = { ...world.emulator.env };
      const cases: [string, number, NodeJS.ProcessEnv, string[]][] = [
        ['STORE_MISSING', 1, known, ['--wiring', 'hybrid', '--set', 'cloud.stage=nobody']],
        ['STORE_FOREIGN', 2, known, ['--wiring', 'hybrid', '--venues', 'real', '--set', `cloud.stage=${stage.name}`]],
        ['AWS_CREDENTIALS', 1, nobody, ['--wiring', 'hybrid', '--set', `cloud.stage=${stage.name}`]],
        ['USAGE', 2, known, ['--wiring', 'cloud']],
      ];
      for (const [code, exit, env, args] of cases) {
        const done = await new Cli(['run', '--json', '--port', '0', '--data', data, ...args], { env }).done;
        const { error } = done.json<{ error: { code: string; remedy: string } }>();
        assert.deepEqual([done.code, error.code], [exit, code], done.stderr);
        assert.ok(error.remedy.length > 10);
      }
      assert.equal(existsSync(data), false);
    }));

  test('commands of the cloud wiring are obeyed at once; a second run is refused; who was taken over stops', () =>
    withDirectory(async (data) => {
      const stage = await world.open();
      const run = stage.run(join(data, 'a'));
      await stage.closes(run, 1);
      const second = stage.run(join(data, 'b'));
      await stage.ask('cloud', 'halt', '--reason', 'test');
      const decided = () => run.log.filter(({ event }) => event === 'decision').length;
      const before = decided();
      await run.event('trading_state', ({ tradingState }) => tradingState === 'HALTED');
      const refused = await second.done;
      assert.equal(refused.code, 1);
      assert.equal(refused.json<{ error: { code: string } }>().error.code, 'STORE_IN_USE');
      assert.equal(decided(), before, 'nothing was decided since');
      await stage.ask('cloud', 'resume');
      await stage.closes(run, 1);

      const store = stage.store();
      let taken = null;
      while (taken === null) taken = await store.lease.take('another', await store.lease.read());
      const { code, json } = await run.done;
      assert.equal(code, 1);
      assert.equal(json<{ error: { code: string } }>().error.code, 'STORE_IN_USE');
      await stage.inOrder();
    }));
});
