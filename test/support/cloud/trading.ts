import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { isBetweenStates } from '#core/execution/types.ts';
import { reservationMismatch } from '#core/portfolio/reservations.ts';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { Cli } from '../cli.ts';
import { EMULATORS, type Emulator } from '../emulators/emulators.ts';
import { GatewayProcess } from '../gateway-process.ts';
import { type TcpDoor, tcpDoor } from '../tcp-door.ts';
import { until } from '../until.ts';
import { simulatedVenues } from '../venues.ts';
import { EAGER } from './eager.ts';
import { openStage, type Stage } from './stage.ts';

export const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];

/** A whole deployment that trades: simulator, emulator, functions behind their mappings, and gateways as processes. */
export class TradingStage {
  readonly directory = mkdtempSync(join(tmpdir(), 'twinleg-trading-'));
  readonly stage: Stage;
  readonly simulator: Simulator;
  /** What gateways reach the queues through, and what everybody reaches the table through. */
  readonly doors: { readonly queues: TcpDoor; readonly table: TcpDoor };
  readonly gateways: GatewayProcess[] = [];
  readonly #emulator: Emulator;

  private constructor(emulator: Emulator, simulator: Simulator, stage: Stage, doors: TradingStage['doors']) {
    this.#emulator = emulator;
    this.simulator = simulator;
    this.stage = stage;
    this.doors = doors;
  }

  static async open(settings: Readonly<Record<string, unknown>> = {}): Promise<TradingStage> {
    const emulator = await EMULATORS.ministack.start();
    const simulator = await startSimulator({
      coins: SYMBOLS.map((symbol) => symbol.split('/')[0]!),
      seed: 5,
      rate: 200,
    });
    const doors = { queues: await tcpDoor(emulator.url), table: await tcpDoor(emulator.url) };
    const stage = await openStage(
      emulator,
      {
        ...simulatedVenues(simulator.urls),
        'universe.symbols': SYMBOLS,
        ...EAGER,
        ...settings,
      },
      { tableUrl: doors.table.url },
    );
    const trading = new TradingStage(emulator, simulator, stage, doors);
    try {
      await refreshUniverse(stage.parts);
    } catch (error) {
      await trading.close();
      throw error;
    }
    return trading;
  }

  /** One more gateway, under the very settings of the functions; it may have its own way to the table. */
  startGateway(settings: readonly string[] = [], tableUrl = this.doors.table.url): GatewayProcess {
    const gateway = new GatewayProcess(settings, {
      ...this.stage.env,
      AWS_ENDPOINT_URL_SQS: this.doors.queues.url,
      AWS_ENDPOINT_URL_DYNAMODB: tableUrl,
    });
    this.gateways.push(gateway);
    return gateway;
  }

  /** What a command says of this stage, as JSON. */
  async twinleg<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await new Cli([...args, '--json'], { env: { ...this.stage.env } }).done;
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  /** Positions that were closed so far. */
  get closed(): number {
    return this.stage.logged.filter(({ event, fields }) => event === 'pair' && fields.state === 'CLOSED').length;
  }

  /** Waits for so many more closed positions. */
  async trades(more: number, withinMs = 60_000): Promise<void> {
    const wanted = this.closed + more;
    await until(`${more} more positions are closed`, () => this.closed >= wanted, withinMs).catch((error: unknown) => {
      const told = { tally: this.tally(), gateway: this.gateways.at(-1)?.lines.slice(-5) };
      throw new Error(JSON.stringify(told), { cause: error });
    });
  }

  /** Waits until no pair is between states. */
  async atRest(): Promise<void> {
    await until(
      'nothing is under way',
      async () => {
        const { symbols } = await this.stage.parts.store.load();
        return symbols.every(({ pair }) => pair === null || !isBetweenStates(pair));
      },
      30_000,
    );
  }

  /** What does not add up between reservations and positions; null where all does. */
  async mismatch(): Promise<string | null> {
    return reservationMismatch(await this.stage.parts.store.load());
  }

  /** How often functions told what, ticks by what became of them. */
  tally(): Record<string, number> {
    const counts: Record<string, number> = {};
    const add = (key: string, by = 1) => {
      counts[key] = (counts[key] ?? 0) + by;
    };
    for (const { event, fields } of this.stage.logged) {
      if (event === 'evaluated') for (const [kind, count] of Object.entries(fields)) add(kind, Number(count));
      else if (event === 'refusal') add(`refused ${fields.code}`);
      else add(event === 'tick_failed' ? `failed ${fields.code}` : event);
    }
    return counts;
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop('SIGKILL')));
    await this.stage.close();
    await this.simulator.close();
    await this.doors.queues.close();
    await this.doors.table.close();
    await this.#emulator.stop();
    rmSync(this.directory, { recursive: true });
  }
}
