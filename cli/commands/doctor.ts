import type { Check } from '#adapters/wiring/checks.ts';
import type { StorePlace } from '#adapters/wiring/records.ts';
import { describeFault } from '#core/config.ts';
import { type Command, EXIT } from '../command.ts';
import { ConfigError, type Context } from '../context.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'check configuration, venues, clock, permissions and store',
  options: [{ flags: '--store', about: 'the store alone' }],
  async run(context) {
    const place = context.storePlace();
    const alone = Boolean(context.option('store'));
    const checks: Check[] = [];
    if (!alone) {
      const { checkSurroundings } = await import('#adapters/wiring/doctor.ts');
      try {
        const { config } = context.config();
        checks.push({ name: 'configuration', ok: true, detail: 'every key is valid', remedy: null });
        checks.push(...(await checkSurroundings(config, context.common.data)));
        if (place.kind === 'table') {
          const { checkCloud } = await import('#adapters/wiring/cloud-doctor/doctor.ts');
          checks.push(...(await checkCloud(config)));
        }
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const detail = error.faults.map(describeFault).join('; ');
        checks.push({
          name: 'configuration',
          ok: false,
          detail,
          remedy: 'mend the keys named; npx twinleg config schema tells all',
        });
      }
    }
    checks.push(...(await checkStoreOf(context, place, alone)));
    const ok = checks.every((check) => check.ok);
    context.out.result({ ok, checks }, ({ checks: rows }) =>
      table(rows, [
        { title: '', value: (row) => (row.ok ? paint('green', '✓') : paint('red', '✗')) },
        { title: 'check', value: (row) => row.name },
        { title: 'found', value: (row) => row.detail },
        { title: 'what to do', value: (row) => row.remedy ?? '' },
      ]),
    );
    return ok ? EXIT.done : EXIT.no;
  },
};

/** The store itself; a table's is looked through only where that was asked for, as it is paid for by what is read. */
async function checkStoreOf(context: Context, place: StorePlace, alone: boolean): Promise<Check[]> {
  if (place.kind === 'directory') {
    const { checkStore } = await import('#adapters/wiring/doctor.ts');
    return checkStore(place.dataDir, alone);
  }
  if (!alone) return [];
  const { checkTableStore } = await import('#adapters/wiring/cloud-doctor/doctor.ts');
  return await checkTableStore(context.config().config);
}
