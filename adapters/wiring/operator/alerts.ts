import type { Severity } from '#core/alerts/types.ts';
import { duration } from '#core/figures.ts';
import { firstOf } from '#core/operator/answer.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import type { AnswerParts } from './answers.ts';

const OPEN = 8;
const LAST = 6;
const LIGHT: Readonly<Record<Severity, string>> = { P0: '🚨', P1: '🔴', P2: '🟠', P3: '🟡' };

export async function alertsAnswer({ book, now }: AnswerParts): Promise<string[]> {
  const nowMs = now();
  const open = await book.open();
  const last = (await book.list(OPEN + LAST)).filter(({ id }) => !open.some((row) => row.id === id)).slice(0, LAST);
  const show = ({ severity, title, atMs, reason, resolvedAtMs }: AlertRow) => [
    `${LIGHT[severity]} [${severity}] ${title}`,
    `  ${duration(nowMs - atMs)} ago${resolvedAtMs === null ? `: ${reason}` : ''}`,
  ];
  const newest = [...open].reverse();
  return [
    open.length === 0 ? 'No open alert' : `${open.length} open`,
    ...firstOf(newest, OPEN, show),
    ...(last.length === 0 ? [] : ['Before:', ...firstOf(last, LAST, show)]),
  ];
}
