import assert from 'node:assert/strict';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { createDynamoStore } from '#adapters/store/dynamodb/store.ts';
import { createTable } from '#adapters/store/dynamodb/table.ts';
import type { Check } from '#adapters/wiring/checks.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Simulator } from '../../../simulator/server.ts';
import { Cli } from '../cli.ts';
import type { Emulator } from '../emulators/emulators.ts';
import { until } from '../until.ts';
import { setsOf, simulatedVenues } from '../venues.ts';

const REGION = 'ap-northeast-2';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

let stages = 0;

/** A table on an emulator on which one process trades, and the commands that look at it. */
export class HybridStage {
  readonly name = `h${process.pid}x${stages++}`;
  readonly #emulator: Emulator;
  readonly #simulator: Simulator;
  /** Where runs find the table; commands go to the emulator itself. */
  endpoint: string;
  /** Of runs, beside what the emulator asks for. */
  secrets: NodeJS.ProcessEnv = {};

  private constructor(emulator: Emulator, simulator: Simulator) {
    this.#emulator = emulator;
    this.#simulator = simulator;
    this.endpoint = emulator.url;
  }

  static async open(emulator: Emulator, simulator: Simulator): Promise<HybridStage> {
    Object.assign(process.env, emulator.env);
    const stage = new HybridStage(emulator, simulator);
    const client = stage.client();
    await createTable(client, tableOf(stage.name));
    client.destroy();
    return stage;
  }

  client() {
    return createDynamoClient({ table: tableOf(this.name), region: REGION }, 10_000);
  }

  /** Another writer on the same table. */
  store(): CloudStore {
    const target = { table: tableOf(this.name), region: REGION };
    const owner = { mode: 'paper', source: 'real' };
    return createDynamoStore({ client: this.client(), target, owner, keepDays: 90, entryExpiresMs: 1000 });
  }

  run(data: string, ...more: string[]): Cli {
    const { urls } = this.#simulator;
    const sets = [
      ...setsOf(simulatedVenues(urls)),
      `universe.symbols=${JSON.stringify(SYMBOLS)}`,
      // Without costs there is something to trade all the time.
      'venues.binance.takerFeeRate=0',
      'venues.upbit.takerFeeRate=0',
      'strategy.slippageAllowance=0',
      'strategy.cooldownSeconds=0',
      'strategy.minProfitThreshold=0',
      'strategy.maxHoldSeconds=1',
      'guards.dailyLoss.maxUsdt=null',
      'guards.drawdown.maxUsdt=null',
      'guards.symbolDailyLoss.maxUsdt=null',
      'guards.consecutiveLosses.max=null',
    ].flatMap((set) => ['--set', set]);
    const all = ['run', '--data', data, '--port', '0', '--json', ...this.#at('hybrid'), ...sets, ...more];
    return new Cli(all, { env: { ...this.#emulator.env, ...this.secrets, AWS_ENDPOINT_URL: this.endpoint } });
  }

  /** What a command answers in a wiring; it has to end well. */
  async ask<T>(wiring: string, ...args: string[]): Promise<T> {
    const done = await new Cli([...args, ...this.#at(wiring), '--json'], { env: { ...this.#emulator.env } }).done;
    if (done.code !== 0) throw new Error(`${args.join(' ')} ended with ${done.code}: ${done.stdout}${done.stderr}`);
    return done.json<T>();
  }

  /** Waits until a run has closed so many more positions. */
  async closes(run: Cli, count: number): Promise<void> {
    const before = closed(run);
    await until(`${count} closed`, () => closed(run) >= before + count || run.child.exitCode !== null, 90_000);
    if (run.child.exitCode !== null) throw new Error('the run has ended');
  }

  /** Everything that the table holds adds up. */
  async inOrder(): Promise<void> {
    const { checks } = await this.ask<{ checks: Check[] }>('hybrid', 'doctor', '--store');
    assert.ok(checks.length > 10 && checks.every(({ ok }) => ok), JSON.stringify(checks));
  }

  #at(wiring: string): string[] {
    return ['--wiring', wiring, '--set', `cloud.stage=${this.name}`];
  }
}

function closed({ log }: Cli): number {
  return log.filter(({ event }) => event === 'trade').length;
}
