import { after, before, describe } from 'node:test';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../emulators/emulators.ts';
import { HybridStage } from './hybrid.ts';

/** What tests of one process with its state in a table share. */
export interface HybridWorld {
  /** There once the first test runs. */
  readonly emulator: Emulator;
  /** A stage with a table of its own. */
  open(): Promise<HybridStage>;
}

/** Tests of one process with its state in a table, beside an emulator and venues of their own. */
export function describeHybrid(name: string, tests: (world: HybridWorld) => void): void {
  describe(name, { skip: missingEmulator('ministack') ?? false }, () => {
    let emulator: Emulator;
    let simulator: Simulator;
    before(async () => {
      emulator = await EMULATORS.ministack.start();
      simulator = await startSimulator({ coins: ['BTC', 'ETH', 'XRP'], seed: 3, rate: 200 });
    });
    after(async () => {
      await simulator?.close();
      await emulator?.stop();
    });
    tests({
      get emulator() {
        return emulator;
      },
      open: () => HybridStage.open(emulator, simulator),
    });
  });
}
