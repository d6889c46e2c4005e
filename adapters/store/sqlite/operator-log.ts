import { NO_COMMANDS } from '#core/operator/confirmations.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { Database } from './database.ts';
import { versionedItem } from './versioned.ts';

/** Outcome of a command that was begun and not ended. */
export const BEGUN = '';

/** Commands of operators in the store's own file. */
export function createOperatorLog(database: Database): OperatorLog {
  const { db, keys } = database;
  const insert = db.prepare(`INSERT INTO operator_command (key, id, at_ms, chat, sender, text, outcome)
    VALUES (?, ?, ?, ?, ?, ?, '${BEGUN}') ON CONFLICT DO NOTHING`);
  const outcomeOf = db.prepare('SELECT outcome FROM operator_command WHERE id = ?');
  const end = db.prepare('UPDATE operator_command SET outcome = ? WHERE id = ?');
  const list = db.prepare('SELECT * FROM operator_command ORDER BY at_ms DESC, rowid DESC LIMIT ?');
  const change = versionedItem(database, keys.commands(), NO_COMMANDS);

  return {
    async begin({ id, atMs, chat, sender, text }) {
      if (insert.run(keys.command(id), id, atMs, chat, sender, text).changes > 0) return 'new';
      return outcomeOf.get(id)?.outcome === BEGUN ? 'again' : 'ended';
    },
    async end(id, outcome) {
      end.run(outcome, id);
    },
    state: async (asked) => change(asked),
    async list(last) {
      return list.all(last).map((row) => ({
        id: String(row.id),
        atMs: Number(row.at_ms),
        chat: String(row.chat),
        sender: String(row.sender),
        text: String(row.text),
        outcome: row.outcome === BEGUN ? null : String(row.outcome),
      }));
    },
  };
}
