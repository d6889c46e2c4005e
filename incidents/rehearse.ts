import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlertCode, alertSpec, isAlertCode } from '#core/alerts/catalogue.ts';
import { telling } from './bot.ts';
import { Stage } from './stage.ts';
import type { Incident, Rehearsal } from './types.ts';
import { NotInTime, pause } from './wait.ts';

/** The run trades before anything is done to it, within, ms. */
const WARM_MS = 90_000;
/** After all is well nothing more may come for so long, ms. */
const QUIET_MS = 2000;

/** Rehearses one incident from a calm, trading run to a calm, trading run. */
export async function rehearse(name: string, incident: Incident, step: (what: string) => void): Promise<Rehearsal> {
  const startedMs = performance.now();
  const report = new Report(name, incident);
  const skipped = incident.missing?.();
  if (skipped !== undefined) return report.skipped(skipped);
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-incident-'));
  let stage: Stage | undefined;
  try {
    stage = await Stage.open(directory, incident.settings ?? {});
    await act(stage, incident, report, step);
  } catch (error) {
    // One that fails in itself must not end the others.
    const message = error instanceof Error ? error.message : String(error);
    report.faults.push(error instanceof NotInTime ? message : `could not be rehearsed: ${message}`);
    if (stage !== undefined && existsSync(stage.storeFile)) report.read(stage);
  } finally {
    if (stage !== undefined) {
      await stage.close();
      await incident.release?.(stage);
    }
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  return report.done((performance.now() - startedMs) / 1000);
}

async function act(stage: Stage, incident: Incident, report: Report, step: (what: string) => void): Promise<void> {
  await incident.prepare?.(stage);
  step('starts');
  await stage.start();
  await stage.traded(WARM_MS);
  for (const { code } of stage.alerts()) report.faults.push(`${code} came before anything was done`);

  step('is struck');
  const struckMs = Date.now();
  await incident.strike(stage);
  for (const [code, withinMs] of entriesOf(incident.expected)) {
    if (incident.allowed?.includes(code)) continue;
    const left = Math.max(0, withinMs - (Date.now() - struckMs));
    const arrived = async () => telling(await stage.bot.messages(), code, false)[0];
    const { atMs } = await stage.until(`${code} is told`, arrived, left);
    report.alertAfterMs = Math.max(report.alertAfterMs ?? 0, atMs - struckMs);
  }

  step('is mended');
  const mendedMs = Date.now();
  await incident.mend(stage);
  const within = () => Math.max(0, incident.recoversWithinMs - (Date.now() - mendedMs));
  await stage.traded(within());
  await stage.until('the run is well', () => stage.isWell(), within());
  await stage.until('every alert is over', () => stage.alerts().every((row) => row.resolvedAtMs !== null), within());
  await stage.until(
    'the operator knows that they are over',
    async () => {
      const messages = await stage.bot.messages();
      return stage
        .alerts()
        .every(
          ({ code, deliveredAtMs }) =>
            deliveredAtMs === null || !isLasting(code) || telling(messages, code as AlertCode, true).length > 0,
        );
    },
    within(),
  );
  report.recoveredAfterMs = Date.now() - mendedMs;

  step('is watched');
  await pause(QUIET_MS);
  await incident.verify?.(stage);
  const code = await stage.run.stop();
  if (code !== 0) report.faults.push(`the stop ended with ${code}`);
  report.read(stage);
  for (const { name, detail } of stage.audit()) report.faults.push(`audit: ${name}: ${detail}`);
  await report.compareTold(stage);
}

/** Collects what comes of a rehearsal. */
class Report {
  alertAfterMs: number | null = null;
  recoveredAfterMs: number | null = null;
  readonly faults: string[] = [];
  readonly #name: string;
  readonly #incident: Incident;
  #seen: readonly string[] = [];

  constructor(name: string, incident: Incident) {
    this.#name = name;
    this.#incident = incident;
  }

  read(stage: Stage): void {
    const rows = stage.alerts().filter(({ inhibited }) => !inhibited);
    this.#seen = [...new Set(rows.map(({ code }) => code))].sort();
    for (const code of this.#unexpected()) {
      const { reason } = rows.find((row) => row.code === code)!;
      this.faults.push(`${code} should not have come: ${reason}`);
    }
  }

  /** One message for one cause: an alert that lasts is told once, and once that it is over. */
  async compareTold(stage: Stage): Promise<void> {
    const messages = await stage.bot.messages();
    const rows = stage.alerts();
    for (const code of this.#seen) {
      if (!isLasting(code)) continue;
      const causes = rows.filter((row) => row.code === code && !row.inhibited).length;
      const told = telling(messages, code as AlertCode, false).length;
      if (told > causes) this.faults.push(`${code} was told ${told} times for ${causes} causes`);
    }
  }

  skipped(skipped: string): Rehearsal {
    return { ...this.#result(0), ok: null, skipped };
  }

  done(seconds: number): Rehearsal {
    return this.#result(seconds);
  }

  #unexpected(): string[] {
    return this.#seen.filter((code) => !Object.hasOwn(this.#incident.expected, code));
  }

  #result(seconds: number): Rehearsal {
    const expected = entriesOf(this.#incident.expected).map(([code]) => code);
    const asked = expected.filter((code) => !this.#incident.allowed?.includes(code));
    const unexpected = this.#unexpected();
    const missing = asked.filter((code) => !this.#seen.includes(code));
    return {
      name: this.#name,
      ok: unexpected.length === 0 && missing.length === 0 && this.faults.length === 0,
      expected,
      seen: this.#seen,
      unexpected,
      alertAfterMs: this.alertAfterMs,
      recoveredAfterMs: this.recoveredAfterMs,
      faults: this.faults,
      skipped: null,
      seconds: Math.round(seconds * 10) / 10,
    };
  }
}

function isLasting(code: string): boolean {
  return isAlertCode(code) && alertSpec(code).lasts === 'condition';
}

function entriesOf(expected: Incident['expected']): (readonly [AlertCode, number])[] {
  return Object.entries(expected) as [AlertCode, number][];
}
