import { renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { countClients } from './clients.ts';
import { countAlways, Tallies } from './counts.ts';

/** How often the file is written, ms. */
const EVERY_MS = 1000;

/** Loaded before a gateway's own program: what the process asks of AWS is counted into the file `COUNTS_FILE`. */
const file = process.env.COUNTS_FILE;
if (file !== undefined) {
  const tallies = new Tallies();
  countClients();
  countAlways('gateway', tallies);
  const write = () => {
    writeFileSync(`${file}.part`, JSON.stringify(tallies.all()));
    renameSync(`${file}.part`, file);
  };
  write();
  setInterval(write, EVERY_MS).unref();
}
