import type { Check } from '#adapters/wiring/doctor.ts';
import { type Command, EXIT } from '../command.ts';
import { ConfigError, describeFault } from '../context.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'check configuration, venues, clock, permissions and store',
  options: [{ flags: '--store', about: 'the store alone' }],
  async run(context) {
    const data = context.directory();
    const { checkStore, checkSurroundings } = await import('#adapters/wiring/doctor.ts');
    const checks: Check[] = [];
    if (!context.option('store')) {
      try {
        const { config } = context.config();
        checks.push({ name: 'configuration', ok: true, detail: 'every key is valid', remedy: null });
        checks.push(...(await checkSurroundings(config, data)));
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
    checks.push(...checkStore(data, Boolean(context.option('store'))));
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
