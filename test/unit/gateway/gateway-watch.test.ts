import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity } from '#core/alerts/activity.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import { GatewayWatch } from '../../../stream-gateway/gateway-watch.ts';

const START = 1_000_000;
const SAMPLE = {
  uptimeMs: 1000,
  active: true,
  fxAgeMs: 0,
  lastFrameAgeMs: { binance: 0, upbit: 0 },
  freeBytes: null,
  minFreeBytes: 0,
};

function start() {
  const told: Alert[] = [];
  const activity = new Activity();
  const watch = new GatewayWatch({ activity, loopLatencyForSeconds: 300, tell: (alert) => told.push(alert) });
  const second = (nowMs: number) => watch.second({ ...SAMPLE, nowMs }, () => null);
  return {
    watch,
    activity,
    second,
    told: () => told.splice(0).map(({ kind, code, subject }) => `${kind} ${code} ${subject}`),
  };
}

test('what the gateway before it told and did not end is ended by this one; what others report is not', () => {
  const { watch, second, told } = start();
  watch.adopt(
    [
      raise('RECONNECT_STORM', 'upbit', START, ''),
      raise('STORE_LOST', '', START, ''),
      raise('BAD_FRAMES', 'prometheus host:1 upbit', START, ''),
      raise('CONFIG_REJECTED', '', START, ''),
    ],
    START,
  );
  for (let s = 1; s <= 10; s++) second(START + s * 1000);
  assert.deepEqual(told(), ['resolved RECONNECT_STORM upbit']);
  watch.configuration(null, START + 11_000);
  assert.deepEqual(told(), ['resolved CONFIG_REJECTED ']);
});

test('thresholds begin and end alerts; a failure that goes on is reported each half minute, a faulty configuration once', () => {
  const { watch, activity, second, told } = start();
  for (let i = 0; i < 12; i++) activity.venues.binance.malformed.add(START);
  second(START);
  assert.deepEqual(told(), ['fired BAD_FRAMES binance']);
  second(START + 70_000);
  assert.deepEqual(told(), ['resolved BAD_FRAMES binance']);
  for (let s = 0; s < 60; s++) watch.fault('STORE_TIMEOUT', 'slow', START + s * 1000);
  assert.deepEqual(told(), ['fired STORE_LOST ', 'fired STORE_LOST ']);
  watch.configuration('universe.symbolz', START);
  watch.configuration('universe.symbolz', START + 1000);
  assert.deepEqual(told(), ['fired CONFIG_REJECTED ']);
});
