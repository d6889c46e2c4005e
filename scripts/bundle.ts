import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGETS: Readonly<Record<string, () => string[]>> = {
  functions: () =>
    readdirSync(join(ROOT, 'functions'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `functions/${name}`),
  gateway: () => ['stream-gateway/main.ts', 'stream-gateway/executor.ts', 'stream-gateway/health.ts'],
};
/** CommonJS packages among the bundled ask for `require`. */
const BANNER =
  "import{createRequire as twinlegRequire}from'node:module';const require=twinlegRequire(import.meta.url);";

/** `node scripts/bundle.ts functions|gateway OUT`: what an image needs, in a few files, without development's dependencies. */
const [target = '', out = ''] = process.argv.slice(2);
const entries = TARGETS[target];
if (entries === undefined || out === '') {
  console.error(`usage: node scripts/bundle.ts ${Object.keys(TARGETS).join('|')} OUT`);
  process.exit(2);
}
rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: entries(),
  outdir: out,
  outbase: target === 'functions' ? '.' : 'stream-gateway',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Some packages' CommonJS form asks for its files by computed names, which no bundle has.
  mainFields: ['module', 'main'],
  target: 'node24',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  banner: { js: BANNER },
  metafile: true,
  logLevel: 'warning',
});
const bytes = Object.entries(metafile.outputs)
  .filter(([file]) => !file.endsWith('.map'))
  .reduce((sum, [, output]) => sum + output.bytes, 0);
console.log(`${target}: ${Object.keys(metafile.outputs).length} files, ${(bytes / 1e6).toFixed(2)} MB without maps`);
