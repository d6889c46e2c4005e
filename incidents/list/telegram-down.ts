import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Telegram answers 500 from before a faulty configuration is written until it is told that Telegram is down',
  expected: { CONFIG_REJECTED: 150_000, TELEGRAM_DOWN: 150_000 },
  quiet: ['MESSAGE_REFUSED', 'ERROR_RATE', 'ERROR_LOGGED'],
  recovery: 'Telegram takes messages again: all that was kept arrives, and that it was down',
  recoversWithinMs: 45_000,
  slow: true,
  async strike(stage) {
    await stage.bot.mode('broken');
    stage.configure({ guards: { noSuchGuard: 1 } });
    const isDown = () => stage.run.log.some(({ event, code }) => event === 'alert' && code === 'TELEGRAM_DOWN');
    await stage.until('the run notices that Telegram is down', isDown, 120_000);
    await stage.bot.mode('ok');
  },
  mend: (stage) => stage.configure({ guards: { noSuchGuard: undefined } }),
};
