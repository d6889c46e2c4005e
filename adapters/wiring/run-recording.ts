import { configVersion } from '#core/config-version.ts';
import type { LiveRunParts } from './live-run-parts.ts';
import { type Recording, startRecording } from './recording.ts';

/** Begins a run's recording, where one is asked for: what it starts from lies beside the tape. */
export function recordRun(parts: LiveRunParts, startedAtMs: number): Recording | null {
  const { recordFile, config, epoch, guardsOn, universe, log } = parts;
  if (recordFile === undefined) return null;
  return startRecording({
    file: recordFile,
    maxBytes: config.record.maxBytes,
    run: {
      format: 1,
      epoch,
      startedAtMs,
      configVersion: configVersion(config),
      config,
      guardsOn,
      list: universe.list,
      startingState: parts.stored.store.load(),
      seededBalances: {},
    },
    instruments: universe.instruments.values(),
    onEnd: (reason) => log('error', 'recording_ended', { message: `${recordFile} ends here: ${reason}` }),
  });
}
