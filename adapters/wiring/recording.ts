import { type RecordedEvent, type RecordedRun, writeInstruments, writeRun } from '#adapters/recording/sidecars.ts';
import { createEventsWriter, createRecorder, type TapeRecorder } from '#adapters/tape/recorder.ts';
import type { Instrument } from '#core/market/instrument.ts';

type WithoutLine<Event> = Event extends unknown ? Omit<Event, 'afterLine'> : never;

/** A run's recording: the tape, and beside it instruments, description and events. */
export interface Recording {
  readonly tape: TapeRecorder;
  event(event: WithoutLine<RecordedEvent>): void;
  /** Keeps the first balances that the run gave. */
  seeded(balances: Readonly<Record<string, string>>): void;
  close(): Promise<{ frames: number; bytes: number }>;
}

export interface RecordingOptions {
  readonly file: string;
  readonly maxBytes: number | null;
  readonly run: RecordedRun;
  readonly instruments: Iterable<Instrument>;
  /** The size limit was reached: what follows is not recorded. */
  onFull(): void;
}

export function startRecording(options: RecordingOptions): Recording {
  const { file } = options;
  const tape = createRecorder(file, { maxBytes: options.maxBytes, onFull: options.onFull });
  const events = createEventsWriter(file);
  let { run } = options;
  writeInstruments(file, options.instruments);
  writeRun(file, run);
  return {
    tape,
    event(event) {
      events.write({ ...event, afterLine: tape.lines } as RecordedEvent);
    },
    seeded(balances) {
      run = { ...run, seededBalances: { ...run.seededBalances, ...balances } };
    },
    async close() {
      writeRun(file, run);
      await events.close();
      return tape.close();
    },
  };
}
