import { requireSymbol } from '#adapters/wiring/known-symbols.ts';
import type { Records } from '#core/ports/records.ts';
import type { Context } from './context.ts';

/** The symbol of `--symbol`, where it was given. */
export async function symbolOption(context: Context, records: Records): Promise<string | undefined> {
  const text = context.option<string>('symbol');
  return text === undefined ? undefined : await requireSymbol(text, records);
}
