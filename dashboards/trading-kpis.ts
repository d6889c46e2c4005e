import { type DashboardSpec, panel } from './spec.ts';

export const TRADING_KPIS: DashboardSpec = {
  uid: 'twinleg-trading-kpis',
  title: 'Twinleg: Trading KPIs',
  description: 'What was earned, on what, and how well opportunities were turned into it.',
  rows: [
    {
      title: 'Now',
      panels: [
        panel('Total PnL', 'stat', {
          unit: 'currencyUSD',
          description: 'PnL of all closed positions, USDT, after fees.',
          runbook: 'DAILY_LOSS',
          thresholds: [
            [-1e9, 'red'],
            [0, 'green'],
          ],
          queries: [['sum(twinleg_pnl_total)', 'PnL']],
        }),
        panel('Win rate', 'stat', {
          unit: 'percentunit',
          description: 'Share of closed positions with a PnL above zero.',
          runbook: 'CONSECUTIVE_LOSSES',
          thresholds: [
            [0, 'red'],
            [0.5, 'yellow'],
            [0.7, 'green'],
          ],
          queries: [['max by (instance) (twinleg_win_rate)', '{{instance}}']],
        }),
        panel('Trades per hour', 'stat', {
          unit: 'short',
          description: 'Positions closed within the last hour.',
          runbook: 'LOW_ACTIVITY',
          thresholds: [
            [0, 'yellow'],
            [1, 'green'],
          ],
          queries: [['sum(increase(twinleg_trades_total[1h]))', 'trades']],
        }),
        panel('Open positions', 'stat', {
          unit: 'short',
          description: 'Positions from commitment to close.',
          runbook: 'POSITION_OVERDUE',
          thresholds: [
            [8, 'yellow'],
            [10, 'red'],
          ],
          queries: [['sum(twinleg_open_positions_count)', 'open']],
        }),
        panel('Return on all capital', 'stat', {
          unit: 'percentunit',
          description: 'PnL against everything that lies on both venues.',
          runbook: 'DRAWDOWN',
          thresholds: [
            [-1, 'red'],
            [0, 'green'],
          ],
          queries: [['max by (instance) (twinleg_return_on_capital)', '{{instance}}']],
        }),
        panel('Sharpe ratio', 'stat', {
          unit: 'none',
          description: 'Of the daily PnL, a year of 365 days. It has no value before the second trading day.',
          runbook: 'DRAWDOWN',
          thresholds: [
            [-100, 'red'],
            [0, 'yellow'],
            [1, 'green'],
          ],
          queries: [['max by (instance) (twinleg_sharpe_ratio)', '{{instance}}']],
        }),
      ],
    },
    {
      title: 'Results',
      panels: [
        panel('PnL', 'timeseries', {
          unit: 'currencyUSD',
          description: 'PnL of all closed positions over time, USDT.',
          runbook: 'DRAWDOWN',
          thresholds: [
            [-1e9, 'red'],
            [0, 'green'],
          ],
          queries: [['sum by (instance) (twinleg_pnl_total)', '{{instance}}']],
        }),
        panel('PnL by symbol', 'timeseries', {
          unit: 'currencyUSD',
          description: 'The same for each symbol.',
          runbook: 'SYMBOL_DAILY_LOSS',
          thresholds: [
            [-1e9, 'red'],
            [0, 'green'],
          ],
          queries: [['sum by (symbol) (twinleg_pnl_total)', '{{symbol}}']],
        }),
        panel('Symbols: PnL won and lost', 'cells', {
          unit: 'currencyUSD',
          description: 'Heat map: what each symbol won or lost in the last five minutes of each moment.',
          runbook: 'SYMBOL_DAILY_LOSS',
          thresholds: [
            [-1e9, 'red'],
            [-0.01, 'yellow'],
            [0, 'green'],
          ],
          width: 24,
          queries: [['sum by (symbol) (delta(twinleg_pnl_total[5m]))', '{{symbol}}']],
        }),
        panel('Trades per hour by symbol', 'timeseries', {
          unit: 'short',
          description: 'Positions closed within the hour before each moment.',
          runbook: 'LOW_ACTIVITY',
          thresholds: [[1000, 'yellow']],
          queries: [['sum by (symbol) (increase(twinleg_trades_total[1h]))', '{{symbol}}']],
        }),
        panel('Trades by symbol', 'bars', {
          unit: 'short',
          description: 'Closed positions of each symbol.',
          runbook: 'LOW_ACTIVITY',
          thresholds: [[10_000, 'yellow']],
          queries: [['sum by (symbol) (twinleg_trades_total)', '{{symbol}}']],
        }),
      ],
    },
    {
      title: 'Edges and costs',
      panels: [
        panel('Net edge of entries', 'heatmap', {
          unit: 'short',
          description: 'How many entries were decided at which net edge, bp.',
          runbook: 'OPPORTUNITIES_MISSED',
          thresholds: [[1000, 'yellow']],
          queries: [['sum by (le) (increase(twinleg_net_edge_bps_bucket[$__rate_interval]))', '{{le}}']],
        }),
        panel('Decisions per hour', 'timeseries', {
          unit: 'short',
          description: 'Entries, exits, and entries that came to nothing.',
          runbook: 'OPPORTUNITIES_MISSED',
          thresholds: [[2000, 'yellow']],
          queries: [['sum by (decision) (increase(twinleg_decisions_total[1h]))', '{{decision}}']],
        }),
        panel('Orders', 'timeseries', {
          unit: 'short',
          description: 'Orders a minute by what became of them.',
          runbook: 'LEG_REJECTED',
          thresholds: [[100, 'yellow']],
          queries: [
            [
              '60 * sum by (venue, result) (rate(twinleg_order_results_total[$__rate_interval]))',
              '{{venue}} {{result}}',
            ],
          ],
        }),
        panel('Fees and slippage', 'timeseries', {
          unit: 'currencyUSD',
          description: 'Fees of closed positions, and the cost of prices worse than decided, USDT.',
          runbook: 'DAILY_LOSS',
          thresholds: [[1e6, 'yellow']],
          queries: [
            ['sum(twinleg_fees_usdt)', 'fees'],
            ['sum(twinleg_slippage_usdt)', 'slippage'],
          ],
        }),
        panel('KRW-USDT', 'timeseries', {
          unit: 'currencyKRW',
          description: 'Best prices of the exchange rate on Upbit.',
          runbook: 'FX_STALE',
          thresholds: [[0, 'green']],
          queries: [['max by (side) (twinleg_fx_rate)', '{{side}}']],
        }),
        panel('KRW-USDT against its medians', 'timeseries', {
          unit: 'percentunit',
          description:
            'How far the rate is from what the coins imply or from its own last minutes. Beyond 0.5 % nothing is entered.',
          runbook: 'FX_INSANE',
          thresholds: [
            [0.002, 'yellow'],
            [0.005, 'red'],
          ],
          queries: [['max by (instance) (twinleg_fx_deviation_ratio)', '{{instance}}']],
        }),
      ],
    },
  ],
};
