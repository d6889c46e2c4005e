import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Command as Commander, CommanderError, Option } from 'commander';
import { createMask } from '#adapters/wiring/log.ts';
import { TwinlegError } from '#core/errors.ts';
import { nearest } from '#core/text.ts';
import { type Command, EXIT } from './command.ts';
import { ConfigError, Context } from './context.ts';
import { COMMANDS } from './registry.ts';

/** Failures that are the caller's to mend before anything starts. */
const USAGE_CODES = new Set([
  'USAGE',
  'STORE_FOREIGN',
  'TAPE_EXISTS',
  'INSTRUMENT_UNKNOWN',
  'SNAPSHOT_FOREIGN',
  'RESET_REFUSED',
  'UNIVERSE_EMPTY',
]);
/** Codes that say no more than the message does. */
const CODES_UNTOLD = new Set(['USAGE', 'CONFIG_INVALID', 'INTERNAL']);
const NO_CODES = new Set(['RESUME_REFUSED']);
/** A code of a Unix signal's end, were it not handled: 128 + SIGPIPE. */
const EPIPE_EXIT = 141;

// The launcher is gone, however it went: stop as if asked to.
const stopWithLauncher = () => process.kill(process.pid, 'SIGTERM');
process.on('disconnect', stopWithLauncher);
// `npx twinleg trades | head` closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EPIPE_EXIT);
});

process.exitCode = await main(process.argv.slice(2));
// The launcher waits for this process alone; the channel to it must not keep it.
process.off('disconnect', stopWithLauncher);
if (process.connected) process.disconnect();

async function main(argv: string[]): Promise<number> {
  const wantsJson = argv.includes('--json');
  let exitCode: number = EXIT.done;
  const program = createProgram();
  if (argv.length === 0) {
    await addCommands(program, Object.keys(COMMANDS), () => {});
    console.error(program.helpInformation());
    return EXIT.usage;
  }
  try {
    const asked = Object.keys(COMMANDS).filter((name) => argv.includes(name));
    // Help of the whole needs every summary; a command needs itself.
    const names = asked.length > 0 ? asked : Object.keys(COMMANDS);
    await addCommands(program, names, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, wantsJson, Object.keys(COMMANDS).includes(argv[0] ?? '') ? argv[0] : undefined);
  }
}

function createProgram(): Commander {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return new Commander('npx twinleg')
    .description(
      'Trades the gap between Binance (USDT) and Upbit (won): two legs, one position. On paper unless told otherwise.',
    )
    .version(version, '--version', 'show the version')
    .helpOption('--help', 'show what there is')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
    .option('--config <file>', 'configuration file (default: twinleg.json, where it is there)')
    .option('--set <path=value>', 'set one key; wins over file and environment', collect, [])
    .option('--data <dir>', 'where store, recordings and reports live', './data')
    .addOption(new Option('--wiring <kind>', 'how the parts are joined').choices(['embedded', 'hybrid', 'cloud']))
    .option('--json', 'one JSON document on stdout', false)
    .addHelpText('after', '\nFirst steps:  npx twinleg run    then, in another terminal:  npx twinleg status');
}

async function addCommands(program: Commander, names: readonly string[], ended: (code: number) => void): Promise<void> {
  const commands = await Promise.all(names.map((name) => COMMANDS[name]!()));
  for (const { command } of commands) {
    addCommand(program, command, async (context) => ended((await command.run(context)) ?? EXIT.done));
  }
}

function addCommand(program: Commander, command: Command, run: (context: Context) => Promise<void>): void {
  const sub = program.command(command.name).description(command.summary).helpOption('--help', 'show this');
  for (const { name, about, choices } of command.arguments ?? []) {
    const argument = sub.createArgument(name, about);
    sub.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  for (const { flags, about, parse } of command.options ?? []) {
    const option = new Option(flags, about);
    sub.addOption(parse === undefined ? option : option.argParser(parse));
  }
  sub.allowExcessArguments(false).action(async () => {
    const args = sub.processedArgs.flat().filter((arg): arg is string => typeof arg === 'string');
    await run(new Context(args, sub.optsWithGlobals(), process.env));
  });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/**
 * Tells a failure in words, with what can be done, and gives its exit code.
 *
 * @param called the command, where its name came first
 */
function report(error: unknown, asJson: boolean, called: string | undefined): number {
  const mask = createMask(process.env);
  const { exitCode, code, message, remedy } = describe(error, called);
  if (message === null) return exitCode;
  if (asJson) console.log(mask(JSON.stringify({ error: { code, message, remedy } }, null, 2)));
  const told = CODES_UNTOLD.has(code) ? '' : ` [${code}]`;
  console.error(mask(`error: ${message}${told}${remedy === undefined ? '' : `\n  → ${remedy}`}`));
  return exitCode;
}

interface Failure {
  readonly exitCode: number;
  readonly code: string;
  /** Null where all was said already. */
  readonly message: string | null;
  readonly remedy?: string | undefined;
}

function describe(error: unknown, called: string | undefined): Failure {
  if (error instanceof CommanderError) {
    const isHelp = error.exitCode === 0 || error.code === 'commander.help';
    const message = isHelp ? null : error.message.replace(/^error: /, '');
    const word = error.code === 'commander.unknownCommand' ? /'(.*?)'/.exec(error.message)?.[1] : undefined;
    const meant = word === undefined ? undefined : nearest(word, Object.keys(COMMANDS));
    const remedy =
      meant !== undefined && !error.message.includes('Did you mean') ? `did you mean ${meant}?` : undefined;
    return {
      exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage,
      code: 'USAGE',
      message,
      remedy: remedy ?? `see npx twinleg ${called === undefined ? '' : `${called} `}--help`,
    };
  }
  if (error instanceof ConfigError) {
    const { length } = error.faults;
    const title = length === 1 ? 'the configuration has a fault' : `the configuration has ${length} faults`;
    const lines = error.message.split('\n').map((line) => `\n  ${line}`);
    const remedy = 'npx twinleg config schema names every key; nothing was started';
    return { exitCode: EXIT.usage, code: 'CONFIG_INVALID', message: title + lines.join(''), remedy };
  }
  if (error instanceof TwinlegError) {
    const { code, message, remedy } = error;
    const exitCode = USAGE_CODES.has(code) ? EXIT.usage : NO_CODES.has(code) ? EXIT.no : EXIT.failed;
    return { exitCode, code, message, remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  const detail = process.env.TWINLEG_DEBUG === '1' && error instanceof Error ? `\n${error.stack}` : '';
  return {
    exitCode: EXIT.failed,
    code: 'INTERNAL',
    message: `${message}${detail}`,
    remedy: 'this is a fault of Twinleg: run it again with TWINLEG_DEBUG=1 and report what it shows',
  };
}
