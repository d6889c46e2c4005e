import { TapeLines } from './tape-lines.ts';
import { VENUE_NAMES, type VenueName } from './venue.ts';

/** Where a tape's frames go; false asks for a pause. */
type TapeTargets = Readonly<Record<VenueName, { sendRaw(frame: string): boolean }>>;

const LINE = new RegExp(`^(\\d+) (${VENUE_NAMES.join('|')}) (.*)$`, 's');

/** Frames that are due together go out together; a wait shorter than this is not worth a timer, ms. */
const SLICE_MS = 5;

/** What became of a tape. */
export interface PlayedTape {
  readonly played: number;
  /** Lines that are no frames. */
  readonly leftOut: number;
  /** Why a gzip could not be read to its end; null where it could. */
  readonly fault: string | null;
}

/**
 * Plays a tape's frames in their order and, at `speed` 1, in their own time; 0 plays as fast as the readers take them.
 * Lines that are no frames are left out, and of a cut gzip what can be decoded is played. Resolves at the end, or when `stopped` says so.
 */
export async function playTape(
  file: string,
  speed: number,
  targets: TapeTargets,
  stopped: () => boolean,
): Promise<PlayedTape> {
  const lines = new TapeLines(file);
  let firstMs: number | undefined;
  let played = 0;
  let leftOut = 0;
  const startedMs = performance.now();
  for await (const line of lines) {
    if (stopped()) break;
    const match = LINE.exec(line);
    if (match === null) {
      leftOut++;
      continue;
    }
    const atMs = Number(match[1]);
    firstMs ??= atMs;
    if (speed > 0) {
      const dueMs = startedMs + (atMs - firstMs) / speed;
      if (dueMs - performance.now() > SLICE_MS) await pause(dueMs - performance.now());
    }
    const taken = targets[match[2] as VenueName].sendRaw(match[3]!);
    played++;
    if (!taken || (speed === 0 && played % 500 === 0)) await pause(taken ? 0 : 20);
  }
  return { played, leftOut, fault: lines.fault };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
