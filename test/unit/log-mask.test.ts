import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MASKED_NAMES, SECRET_NAMES } from '#adapters/config/secrets.ts';
import { createJsonLog, createMask } from '#adapters/wiring/log.ts';

const values = Object.fromEntries(MASKED_NAMES.map((name, i) => [name, `se/cret+${i}"=of ${name.toLowerCase()}`]));

test('AWS’s and Telegram’s secrets are among those that never show', () => {
  for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET']) {
    assert.ok(MASKED_NAMES.includes(name), name);
  }
  assert.ok(SECRET_NAMES.every((name) => MASKED_NAMES.includes(name)));
});

for (const name of MASKED_NAMES) {
  test(`${name} never shows: in a sentence, in JSON, in an address, beside its likes`, () => {
    const secret = values[name]!;
    const mask = createMask(values);
    assert.equal(mask(`key ${secret}!`), 'key ***!');
    assert.equal(mask(JSON.stringify({ message: `${secret}${secret}` })), '{"message":"******"}');
    assert.equal(mask(`https://host/?token=${encodeURIComponent(secret)}&x=1`), 'https://host/?token=***&x=1');
    const lines: string[] = [];
    createJsonLog(values, (line) => lines.push(line))('error', 'failed', { message: secret, nested: [{ secret }] });
    assert.ok(!lines[0]!.includes(JSON.stringify(secret).slice(1, -1)));
    assert.equal(JSON.parse(lines[0]!).message, '***');
  });
}

test('a secret inside another one leaves nothing of the longer one; too short ones mask no ordinary text', () => {
  const mask = createMask({
    AWS_SECRET_ACCESS_KEY: 'abcdef',
    AWS_SESSION_TOKEN: 'xx-abcdef-yy',
    TELEGRAM_CHAT_ID: '42',
  });
  assert.equal(mask('xx-abcdef-yy and abcdef and 42'), '*** and *** and 42');
});
