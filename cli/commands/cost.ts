import type { Bill, BillLine, BreakEven } from '#core/cost/bill.ts';
import { billFor } from '#core/cost/configured.ts';
import { LAYOUTS, type Layout, MARKETS, type MarketMood } from '#core/cost/rates.ts';
import type { Command } from '../command.ts';
import { usageError } from '../context.ts';
import { choice, number } from '../options.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'cost',
  summary: 'what the cloud wiring costs a month, from what was counted while it ran',
  options: [
    { flags: '--symbols <n>', about: 'how many are traded', parse: number({ least: 1, most: 1000, whole: true }) },
    { flags: '--layout <name>', about: `${LAYOUTS.join(' or ')} (default: cloud.queueLayout)`, parse: choice(LAYOUTS) },
    { flags: '--market <name>', about: `${MARKETS.join(' or ')} (default: quiet)`, parse: choice(MARKETS) },
  ],
  run(context) {
    const symbols = context.option<number>('symbols');
    if (symbols === undefined) throw usageError('for how many symbols?', 'say it: npx twinleg cost --symbols 20');
    // As a deployment would have it, whichever wiring is in use here.
    const { config } = context.config(['wiring=cloud']);
    const market = context.option<MarketMood>('market') ?? 'quiet';
    const layout = context.option<Layout>('layout') ?? config.cloud.queueLayout;
    context.out.result(billFor(config, { symbols, layout, market }), describe);
    return undefined;
  },
};

function describe(bill: Bill): string {
  const { symbols, layout, market, region, pricesAsOf, monthlyUsd, perSymbolUsd, perTradeUsd, tradesAMonth } = bill;
  const usd = (value: number, digits = 2) => value.toLocaleString('en-US', { minimumFractionDigits: digits });
  const whole = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
  const lines = table<BillLine>(
    bill.lines.filter((line) => line.usd > 0),
    [
      { title: 'item', value: ({ item }) => item },
      { title: 'a month', align: 'right', value: ({ quantity }) => whole(quantity) },
      { title: '', value: ({ unit }) => unit },
      { title: 'USD', align: 'right', value: (line) => usd(Number(line.usd.toFixed(2))) },
    ],
  );
  const pays = table<BreakEven>(bill.breakEven, [
    { title: 'a trade of USDT', align: 'right', value: ({ notionalUsdt }) => whole(notionalUsdt) },
    { title: 'earns USDT', align: 'right', value: ({ earnsUsdt }) => usd(earnsUsdt) },
    { title: 'trades a month that pay for it', align: 'right', value: (row) => whole(row.tradesAMonth) },
  ]);
  const perTrade =
    perTradeUsd === null
      ? 'nothing was traded in the measured time'
      : `${usd(Number(perTradeUsd.toPrecision(3)))} USD a trade at the simulator’s ${whole(tradesAMonth)} a month`;
  return [
    `${paint('bold', `${usd(Number(monthlyUsd.toFixed(2)))} USD a month`)}  ${symbols} symbols, ${layout}, ${market} market`,
    `${usd(Number(perSymbolUsd.toFixed(2)))} USD a symbol  ·  ${perTrade}`,
    `prices of ${region} as of ${pricesAsOf}, without tax and free tier; docs/COST.md says what was counted and how`,
    '',
    lines,
    '',
    'where each trade earns no more than its entry has to promise (strategy.minProfitThreshold)',
    pays,
  ].join('\n');
}
