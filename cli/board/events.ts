import type { LogFields, LogLevel } from '#adapters/wiring/log.ts';
import { bps, duration, pnl, quantity } from '../format.ts';
import { readable } from '../logger.ts';
import { paint } from '../output.ts';

/** States that the board tells in other words, or that last milliseconds. */
const UNTOLD_STATES = new Set(['PLANNED', 'LEGS_SENT', 'OPEN', 'CLOSING']);

type Sentence = (fields: LogFields) => string | null;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  decision: ({ symbol, decision, code, netEdge }) => {
    const verb = decision === 'ENTER' ? 'enters' : 'exits';
    return `${symbol} ${verb} ${code} at ${bps(number(netEdge))} bp`;
  },
  fill: ({ symbol, venue, side, quantity: filled, price }) =>
    `${symbol} ${side === 'buy' ? 'bought' : 'sold'} ${quantity(number(filled))} on ${venue} at ${quantity(number(price))}`,
  pair: ({ symbol, state }) => (UNTOLD_STATES.has(String(state)) ? null : `${symbol} is ${state}`),
  trade: ({ symbol, reason, pnlUsdt, heldSeconds }) =>
    `${symbol} closed ${reason}: ${pnl(number(pnlUsdt))} USDT after ${duration(number(heldSeconds) * 1000)}`,
  feed_connected: ({ venue }) => `${venue} connected`,
};

/** An event as the board shows it: short enough for a terminal; null where the rows above show it already. */
export function boardLine(level: LogLevel, event: string, fields: LogFields): string | null {
  const sentence = SENTENCES[event];
  if (sentence === undefined) return readable(level, event, fields);
  const told = sentence(fields);
  if (told === null) return null;
  return `${paint('dim', new Date().toTimeString().slice(0, 8))} ${told}`;
}

function number(value: unknown): number {
  return Number(value ?? Number.NaN);
}
