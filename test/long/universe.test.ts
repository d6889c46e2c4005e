import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churn } from '../support/churn.ts';
import { withDirectory } from '../support/cli.ts';

test('a universe that changes every second under load for two minutes', () =>
  withDirectory(async (directory) => {
    const { changes, trades } = await churn(directory, 110, 7);
    assert.ok(changes > 80, `${changes} changes`);
    assert.ok(trades > 0, 'it traded meanwhile');
    console.log(`${changes} changes, ${trades} closed positions`);
  }));
