import { type CommandState, NO_COMMANDS } from '#core/operator/confirmations.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { Database } from './database.ts';

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
  const getItem = db.prepare('SELECT version, body FROM item WHERE key = ?');
  const putItem = db.prepare(`INSERT INTO item (key, version, body, expires_at_ms) VALUES (?, ?, ?, NULL)
    ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body`);

  function read(): CommandState {
    const row = getItem.get(keys.commands());
    return row === undefined ? NO_COMMANDS : { ...JSON.parse(String(row.body)), version: Number(row.version) };
  }

  return {
    async begin({ id, atMs, chat, sender, text }) {
      if (insert.run(keys.command(id), id, atMs, chat, sender, text).changes > 0) return 'new';
      return outcomeOf.get(id)?.outcome === BEGUN ? 'again' : 'ended';
    },
    async end(id, outcome) {
      end.run(outcome, id);
    },
    async state(change) {
      return database.transaction(() => {
        const before = read();
        const after = change(before);
        if (after === null) return before;
        const { version: _version, ...body } = after;
        const version = before.version + 1;
        putItem.run(keys.commands(), version, JSON.stringify(body));
        return { ...after, version };
      });
    },
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
