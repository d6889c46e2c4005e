import { parseArgs } from 'node:util';
import { startSimulator } from './server.ts';

const HELP = `Both venues, simulated, on loopback.

  --seed N        the market's chance (1)
  --coins A,B     coins to list, by name
  --known-only    leave out coins that nobody knows, rather than making them up
  --symbols N     how many coins to list (60); beside the named ones, up to so many
  --rate N        frames a second of both venues together
  --tape FILE     play a tape instead of the simulated market
  --speed N       1: in its own time (default), 0: as fast as the readers take it
  --host H --port N

Prints where it listens as one JSON line. POST {"kind": …} to controlUrl/fault for faults, GET controlUrl/state.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    coins: { type: 'string' },
    'known-only': { type: 'boolean' },
    symbols: { type: 'string' },
    rate: { type: 'string' },
    tape: { type: 'string' },
    speed: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(HELP);
else await serve();

async function serve(): Promise<void> {
  const number = (name: 'seed' | 'symbols' | 'rate' | 'speed' | 'port') =>
    values[name] === undefined ? {} : { [name]: Number(values[name]) };
  const simulator = await startSimulator({
    ...number('seed'),
    ...number('symbols'),
    ...number('rate'),
    ...number('speed'),
    ...number('port'),
    ...(values.coins === undefined ? {} : { coins: values.coins.split(',') }),
    ...(values['known-only'] ? { knownOnly: true } : {}),
    ...(values.tape === undefined ? {} : { tape: values.tape }),
    ...(values.host === undefined ? {} : { host: values.host }),
  });
  const tell = (message: object) => {
    console.log(JSON.stringify(message));
    if (process.connected) process.send?.(message);
  };
  const stop = () => {
    void simulator.close().then(() => process.exit(0));
    setTimeout(() => process.exit(0), 900).unref();
  };
  // A run's terminal signals to both: the run still needs its venues while its pairs come to rest.
  const isOwned = process.connected;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, isOwned ? () => {} : stop);
  // The process that started this one is done with it, or gone, however it went: nobody is left to simulate for.
  process.on('disconnect', () => process.exit(0));
  tell(simulator.urls);
  simulator.tapeEnd.then(
    (tapeEnd) => tell({ tapeEnd }),
    (error: unknown) => {
      console.error(String(error));
      process.exit(1);
    },
  );
}
