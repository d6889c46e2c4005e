import type { Notice } from '../ports/alerts.ts';
import { runbookOf } from './catalogue.ts';
import { escapeHtml, joinParts, type MessageText, plainText } from './text.ts';
import { SEVERITIES, type Severity } from './types.ts';

const EMOJI: Readonly<Record<Severity, string>> = { P0: '🚨', P1: '🔴', P2: '🟠', P3: '🟡' };
const RESOLVED = '✅';
const TITLE_UNITS = 120;
const REASON_UNITS = 700;
const ACTION_UNITS = 300;
/** Of several in one message, each is shorter. */
const SHORT_UNITS = 160;
/** Lines of a summary that name single alerts. */
const SUMMARY_LINES = 12;

export interface FormatOptions {
  /** Where the runbook can be read, with what comes before `docs/RUNBOOK.md`; null where it is only in the project. */
  readonly runbookBase: string | null;
}

/** One notice as a message of its own: severity, title, time, run, reason, action, runbook. */
export function noticeText(notice: Notice, options: FormatOptions): MessageText {
  const { alert, kind, run } = notice;
  const rows = [
    ['When', time(alert.atMs)],
    ['Run', plainText(run, TITLE_UNITS)],
    [kind === 'resolved' ? 'Why' : 'Reason', plainText(alert.reason, REASON_UNITS)],
    ...(kind === 'resolved' ? [] : [['Do', plainText(alert.action, ACTION_UNITS)]]),
    ...(notice.repeats > 0 ? [['Seen', `${notice.repeats + 1} times`]] : []),
  ] as [string, string][];
  const lines = rows.map(([name, value]) => ({
    html: `<b>${name}:</b> ${escapeHtml(value)}`,
    plain: `${name}: ${value}`,
  }));
  return joinLines([headline(notice), ...lines, runbook(alert.code, options), ...unsure(notice)]);
}

/** Several notices in one message, as many as fit. Returns how many did. */
export function bundleText(notices: readonly Notice[], options: FormatOptions): { text: MessageText; used: number } {
  return joinParts(notices.map((notice) => shortText(notice, options)));
}

/** Many notices in one message: how many of what, and the gravest by name. All of them are in the history. */
export function summaryText(notices: readonly Notice[]): MessageText {
  const byCode = new Map<string, { count: number; example: Notice }>();
  for (const notice of notices) {
    const key = `${notice.alert.severity} ${notice.alert.code} ${notice.kind === 'resolved'}`;
    const group = byCode.get(key);
    if (group === undefined) byCode.set(key, { count: 1, example: notice });
    else group.count++;
  }
  const groups = [...byCode.values()].sort((a, b) => rank(a.example) - rank(b.example) || b.count - a.count);
  const shown = groups.slice(0, SUMMARY_LINES).map(({ count, example }) => {
    const { alert, kind } = example;
    const mark = kind === 'resolved' ? RESOLVED : EMOJI[alert.severity];
    const line = `${mark} [${alert.severity}] ${count} × ${plainText(alert.title, TITLE_UNITS)}`;
    return plainLine(line);
  });
  const more = groups.length - shown.length;
  const perSeverity = SEVERITIES.flatMap((severity) => {
    const count = notices.filter(({ alert }) => alert.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const head = `${notices.length} alerts in one message (${perSeverity.join(', ')})`;
  return joinLines([
    { html: `<b>📦 ${head}</b>`, plain: `📦 ${head}` },
    ...shown,
    ...(more > 0 ? [plainLine(`and ${more} other kinds`)] : []),
    ...(notices.some(({ unsure }) => unsure) ? [plainLine(UNSURE)] : []),
    plainLine('All of them: npx twinleg alerts list'),
  ]);
}

const UNSURE = '↻ You may have had this before: no answer came to the first try.';

function shortText(notice: Notice, options: FormatOptions): MessageText {
  const { alert } = notice;
  const detail = `${time(alert.atMs)} ${plainText(alert.reason, SHORT_UNITS)}`;
  return joinLines([headline(notice), plainLine(detail), runbook(alert.code, options), ...unsure(notice)]);
}

function headline({ alert, kind }: Notice): MessageText {
  const { severity } = alert;
  const emoji = kind === 'resolved' ? RESOLVED : EMOJI[severity];
  const word = { fired: '', again: ' (still)', worse: ' (worse)', resolved: ' (over)' }[kind];
  const text = `${emoji} [${severity}] ${plainText(alert.title, TITLE_UNITS)}${word}`;
  return { html: `<b>${escapeHtml(text)}</b>`, plain: text };
}

function runbook(code: string, { runbookBase }: FormatOptions): MessageText {
  const path = runbookOf(code);
  if (runbookBase === null) return plainLine(`Runbook: ${path}`);
  const url = `${runbookBase.replace(/\/$/, '')}/${path}`;
  return { html: `<a href="${escapeHtml(url)}">Runbook: ${escapeHtml(code)}</a>`, plain: `Runbook: ${url}` };
}

function unsure(notice: Notice): MessageText[] {
  return notice.unsure ? [plainLine(UNSURE)] : [];
}

function plainLine(text: string): MessageText {
  return { html: escapeHtml(text), plain: text };
}

function joinLines(lines: readonly MessageText[]): MessageText {
  return { html: lines.map(({ html }) => html).join('\n'), plain: lines.map(({ plain }) => plain).join('\n') };
}

function rank({ alert }: Notice): number {
  return SEVERITIES.indexOf(alert.severity);
}

function time(atMs: number): string {
  return new Date(atMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
