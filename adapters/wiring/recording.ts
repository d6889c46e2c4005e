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

/** First balances come one after another; what was learnt is written together, ms. */
const DESCRIPTION_MS = 1000;

export interface RecordingOptions {
  readonly file: string;
  readonly maxBytes: number | null;
  readonly run: RecordedRun;
  readonly instruments: Iterable<Instrument>;
  /** The size limit was reached or the disk failed: what follows is not recorded. */
  onEnd(reason: string): void;
}

export function startRecording(options: RecordingOptions): Recording {
  const { file } = options;
  let ended = false;
  function onEnd(reason: string): void {
    if (!ended) options.onEnd(reason);
    ended = true;
  }
  const tape = createRecorder(file, { maxBytes: options.maxBytes, onEnd });
  const events = createEventsWriter(file, onEnd);
  let { run } = options;
  let written: NodeJS.Timeout | null = null;

  function writeDescription(): void {
    if (written !== null) clearTimeout(written);
    written = null;
    writeRun(file, run);
  }
  writeInstruments(file, options.instruments);
  writeRun(file, run);
  return {
    tape,
    event(event) {
      // An event after the last frame that was kept would be replayed without what came between.
      if (!ended) events.write({ ...event, afterLine: tape.lines } as RecordedEvent);
    },
    seeded(balances) {
      run = { ...run, seededBalances: { ...run.seededBalances, ...balances } };
      written ??= setTimeout(writeDescription, DESCRIPTION_MS);
    },
    async close() {
      writeDescription();
      await events.close();
      return tape.close();
    },
  };
}
