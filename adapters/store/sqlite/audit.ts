import type { KpiValues } from '#core/kpi/index.ts';
import { type AuditFinding, finding, listing, pairFindings, problems } from '../audit.ts';
import type { Database } from './database.ts';
import { createHistory } from './history.ts';
import { examineKeys } from './keyspace.ts';
import { createKpiTable } from './kpi-table.ts';
import { strayRecords, wrongBalances } from './ledger-audit.ts';
import { createSqliteStore } from './store.ts';

/** Examines a store without changing it: the file itself, and whether all that it holds adds up. */
export function auditStore(database: Database): AuditFinding[] {
  const { db } = database;
  const damage = db
    .prepare('PRAGMA quick_check')
    .all()
    .map((row) => String(Object.values(row)[0]));
  const intact = damage.length === 1 && damage[0] === 'ok';
  const findings = [finding('file', intact, intact ? 'intact' : damage.slice(0, 3).join('; '))];
  if (!intact) return findings;

  const state = createSqliteStore(database).load();
  const history = createHistory(database);
  const open = history.openPositions();
  const trades = history.trades();
  findings.push(...pairFindings(state, open, trades));
  findings.push(kpiFinding(database));
  const held = new Set(state.symbols.flatMap(({ pair }) => pair?.id ?? []));
  findings.push(listing('open positions owned', open, (pair) => held.has(pair.id), 'that no symbol holds'));
  const { checked, wrong } = wrongBalances(database);
  findings.push(problems('balances', wrong, `${checked} are their first balance and all fills since`));
  findings.push(problems('strays', strayRecords(database), 'every fill and order belongs to its position'));
  const { keys, foreign, shared, expiry } = examineKeys(database);
  findings.push(
    problems('keys', foreign, `${keys} keys, each as the key builder makes it of its row`),
    problems('keys of symbols', shared, 'no two symbols share one'),
    problems('expiry of keys', expiry, 'what is ephemeral expires, and nothing else does'),
  );
  return findings;
}

/** The stored figures against the same counted again from the closed positions. */
function kpiFinding(database: Database): AuditFinding {
  const table = createKpiTable(database);
  const stored = table.book().report();
  const counted = table.recomputed().report();
  const differing = [
    ...differingFigures('total', stored.total, counted.total),
    ...[...new Set([...Object.keys(stored.symbols), ...Object.keys(counted.symbols)])].flatMap((symbol) =>
      differingFigures(symbol, stored.symbols[symbol] ?? {}, counted.symbols[symbol] ?? {}),
    ),
  ];
  if (differing.length === 0) return finding('kpis', true, `equal to ${counted.total.trades} closed positions`);
  return finding('kpis', false, `not what the closed positions give: ${differing.slice(0, 5).join(', ')}`);
}

function differingFigures(of: string, stored: KpiValues, counted: KpiValues): string[] {
  return Object.keys(counted)
    .filter((name) => {
      const [a, b] = [stored[name] ?? null, counted[name] ?? null];
      if (a === null || b === null) return a !== b;
      return Math.abs(a - b) > 1e-9 * Math.max(1, Math.abs(b));
    })
    .map((name) => `${of} ${name}`);
}
