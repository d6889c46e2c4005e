import { type DashboardSpec, panel } from './spec.ts';

export const RISK_GUARDS: DashboardSpec = {
  uid: 'twinleg-risk-guards',
  title: 'Twinleg: Risk & Guards',
  description: 'What is at stake, and what holds entries back.',
  rows: [
    {
      title: 'Now',
      panels: [
        panel('Trading state', 'stat', {
          unit: 'bool_on_off',
          description: 'The state in force: ACTIVE, REDUCE_ONLY (no entries) or HALTED.',
          runbook: 'TRADING_HELD',
          thresholds: [[0, 'green']],
          width: 6,
          queries: [['max by (state) (twinleg_trading_state)', '{{state}}']],
        }),
        panel('Guard triggers per hour', 'stat', {
          unit: 'short',
          description: 'Refusals that began and holds, within the last hour.',
          runbook: 'OPPORTUNITIES_MISSED',
          thresholds: [
            [100, 'yellow'],
            [1000, 'red'],
          ],
          queries: [['sum(increase(twinleg_guard_triggers_total[1h]))', 'triggers']],
        }),
        panel('Naked notional', 'stat', {
          unit: 'currencyUSD',
          description: 'Entry notional of positions that are one-legged now, USDT.',
          runbook: 'NAKED_LEG',
          thresholds: [[1, 'red']],
          queries: [['sum(twinleg_naked_notional_usdt)', 'naked']],
        }),
        panel('PnL of the day', 'stat', {
          unit: 'currencyUSD',
          description: 'As the loss guards count it: the worse of the booked and the account’s, USDT.',
          runbook: 'DAILY_LOSS',
          thresholds: [
            [-1e9, 'red'],
            [-50, 'yellow'],
            [0, 'green'],
          ],
          queries: [['sum(twinleg_daily_pnl_usdt)', 'today']],
        }),
        panel('Drawdown', 'stat', {
          unit: 'currencyUSD',
          description: 'Fall of the summed PnL below its highest point, USDT.',
          runbook: 'DRAWDOWN',
          thresholds: [
            [50, 'yellow'],
            [100, 'red'],
          ],
          width: 6,
          queries: [['max by (instance) (twinleg_drawdown_usdt)', '{{instance}}']],
        }),
      ],
    },
    {
      title: 'Exposure',
      panels: [
        panel('Open positions', 'timeseries', {
          unit: 'short',
          description: 'Positions from commitment to close. The limit is guards.openPositions.max.',
          runbook: 'POSITION_OVERDUE',
          thresholds: [
            [8, 'yellow'],
            [10, 'red'],
          ],
          queries: [['sum by (instance) (twinleg_open_positions_count)', '{{instance}}']],
        }),
        panel('Exposure by direction', 'timeseries', {
          unit: 'currencyUSD',
          description: 'Entry notional of open positions, USDT. The limit is portfolio.maxTotalExposureUsdt.',
          runbook: 'EXPOSURE_CONFLICT',
          thresholds: [
            [1500, 'yellow'],
            [2000, 'red'],
          ],
          queries: [['sum by (direction) (twinleg_exposure_usdt)', '{{direction}}']],
        }),
        panel('Exposure by symbol', 'bars', {
          unit: 'currencyUSD',
          description: 'Entry notional of each symbol’s open position, USDT.',
          runbook: 'EXPOSURE_CONFLICT',
          thresholds: [
            [400, 'yellow'],
            [500, 'red'],
          ],
          queries: [['sum by (symbol) (twinleg_exposure_symbol_usdt)', '{{symbol}}']],
        }),
        panel('Drawdown', 'timeseries', {
          unit: 'currencyUSD',
          description: 'Now, and the largest so far, USDT. At guards.drawdown.maxUsdt entries stop.',
          runbook: 'DRAWDOWN',
          thresholds: [
            [50, 'yellow'],
            [100, 'red'],
          ],
          queries: [
            ['max by (instance) (twinleg_drawdown_usdt)', 'now'],
            ['max by (instance) (twinleg_max_drawdown_usdt)', 'largest'],
          ],
        }),
        panel('Inventory by venue', 'timeseries', {
          unit: 'currencyUSD',
          description: 'What lies on each venue at the last prices, USDT.',
          runbook: 'INVENTORY_RUNWAY',
          thresholds: [
            [0, 'red'],
            [500, 'green'],
          ],
          queries: [['sum by (venue) (twinleg_inventory_value_usdt)', '{{venue}}']],
        }),
        panel('Inventory runway', 'timeseries', {
          unit: 'short',
          description: 'Entries of full size that the scarcest asset of each symbol lasts for.',
          runbook: 'INVENTORY_RUNWAY',
          thresholds: [
            [0, 'red'],
            [2, 'yellow'],
            [4, 'green'],
          ],
          queries: [['min by (symbol) (twinleg_inventory_runway_entries)', '{{symbol}}']],
        }),
        panel('Inventory by asset', 'bars', {
          unit: 'short',
          description: 'Units of each asset on each venue.',
          runbook: 'INVENTORY_RUNWAY',
          thresholds: [[0, 'green']],
          queries: [['sum by (venue, asset) (twinleg_inventory)', '{{venue}} {{asset}}']],
        }),
        panel('Coin delta', 'bars', {
          unit: 'currencyUSD',
          description: 'Coins held over both venues less the first ones, USDT: what the price can hurt.',
          runbook: 'NAKED_LEG',
          thresholds: [
            [50, 'yellow'],
            [500, 'red'],
          ],
          queries: [['sum by (asset) (twinleg_coin_delta_usdt)', '{{asset}}']],
        }),
      ],
    },
    {
      title: 'Guards',
      panels: [
        panel('Guard triggers', 'timeseries', {
          unit: 'short',
          description: 'Refusals that began and holds, an hour, by guard.',
          runbook: 'OPPORTUNITIES_MISSED',
          thresholds: [
            [100, 'yellow'],
            [1000, 'red'],
          ],
          queries: [['sum by (guard) (increase(twinleg_guard_triggers_total[1h]))', '{{guard}}']],
        }),
        panel('Guards that hold', 'cells', {
          unit: 'bool_on_off',
          description: 'Guards whose condition holds the trading state at REDUCE_ONLY.',
          runbook: 'TRADING_HELD',
          thresholds: [[1, 'red']],
          queries: [['max by (guard) (twinleg_guard_holding)', '{{guard}}']],
        }),
        panel('Symbols: guard triggers', 'cells', {
          unit: 'short',
          description: 'Heat map: refusals of each symbol in the last five minutes of each moment.',
          runbook: 'OPPORTUNITIES_MISSED',
          thresholds: [
            [1, 'yellow'],
            [10, 'red'],
          ],
          queries: [['sum by (symbol) (increase(twinleg_guard_triggers_total[5m]))', '{{symbol}}']],
        }),
        panel('Alerts', 'timeseries', {
          unit: 'short',
          description: 'Alerts raised, an hour, by severity.',
          runbook: 'EXTERNAL_ALERT',
          thresholds: [
            [1, 'yellow'],
            [20, 'red'],
          ],
          queries: [['sum by (severity) (increase(twinleg_alerts_total[1h]))', '{{severity}}']],
        }),
        panel('Messages to the operator', 'timeseries', {
          unit: 'short',
          description: 'Messages an hour by what became of them.',
          runbook: 'TELEGRAM_DOWN',
          thresholds: [[100, 'yellow']],
          queries: [['sum by (result) (increase(twinleg_alert_messages_total[1h]))', '{{result}}']],
        }),
        panel('Oldest alert that waits', 'timeseries', {
          unit: 's',
          description: 'Age of the oldest alert that is still to be told.',
          runbook: 'TELEGRAM_DOWN',
          thresholds: [
            [10, 'yellow'],
            [60, 'red'],
          ],
          queries: [['max by (instance) (twinleg_alert_oldest_waiting_seconds)', '{{instance}}']],
        }),
      ],
    },
  ],
};
