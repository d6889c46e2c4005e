import type { PortfolioReport } from './report.ts';

/** The least of what entries are left for anywhere, and the symbol; null where it is not known. */
export function leastRunway({
  runwayEntries: entries,
  runwayBySymbol,
}: Pick<PortfolioReport, 'runwayEntries' | 'runwayBySymbol'>): {
  readonly entries: number;
  readonly where: string;
} | null {
  const where = Object.entries(runwayBySymbol).reduce<[string, number] | null>(
    (least, [symbol, left]) => (left !== null && (least === null || left < least[1]) ? [symbol, left] : least),
    null,
  );
  return entries === null ? null : { entries, where: where?.[0] ?? 'inventory' };
}
