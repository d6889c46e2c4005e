import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/**
 * Runs the suites named on the command line (folders below test/), or single files, and ends with one plain line of the
 * runner's own counts. Exit code 1 where a test failed or none ran.
 */
const folder = import.meta.dirname;
const files = process.argv
  .slice(2)
  .flatMap((name) => (name.endsWith('.ts') ? [name] : globSync(`${folder}/${name}/**/*.test.ts`)));

/** Longest that one file may take, ms: figures need hours, incidents minutes, containers are built first. */
const LONG = /long|\/?(incidents|containers)$/;
const timeout = process.argv.slice(2).some((name) => LONG.test(name)) ? 3_600_000 : 180_000;

const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({
  files: files.sort(),
  concurrency: Math.max(1, availableParallelism()),
  timeout,
  execArgv: ['--disable-warning=ExperimentalWarning'],
});
stream.on('test:summary', (summary) => {
  if (summary.file !== undefined) return;
  counts.passed = summary.counts.passed;
  counts.failed = summary.counts.tests - summary.counts.passed - summary.counts.skipped - summary.counts.todo;
  counts.skipped = summary.counts.skipped + summary.counts.todo;
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('close', () => {
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
process.on('exit', () => {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
});
