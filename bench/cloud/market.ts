import { type SimulatorProcess, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { makeCoins } from '../../simulator/coins.ts';

export interface BenchMarket {
  readonly simulator: SimulatorProcess;
  readonly symbols: readonly string[];
}

/** A market of so many coins in another process: a lively one crosses the threshold now and then, a quiet one never. */
export async function startMarket(count: number, framesPerSecond: number, isLively: boolean): Promise<BenchMarket> {
  const coins = makeCoins(count + 40)
    .filter((coin) => coin.onBinance && coin.onUpbit && !coin.halted && coin.identityRatio === 1)
    .filter(({ bursts }) => isLively || !bursts)
    .slice(0, count)
    .map(({ name }) => name);
  // The bursts of a quiet market go to a coin that nobody watches.
  const listed = isLively ? coins : [...coins, 'BTC'];
  const rate = (framesPerSecond * listed.length) / count;
  const simulator = await startSimulatorProcess({ coins: listed, rate });
  return { simulator, symbols: coins.map((coin) => `${coin}/USDT`) };
}
