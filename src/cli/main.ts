#!/usr/bin/env node
import { quoted } from '../wire/quoted.js';
// The command `im-protocol`. Loads only the code of the given command, so that it starts fast.
import { parseArguments } from './command.js';
import { COMMANDS } from './commands.js';
import { Failure, INTERNAL, OK, USAGE, usageError } from './exit.js';
import { log } from './output.js';

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '-h' || name === '--help' || name === 'help')
    return help(name === 'help' ? rest[0] : undefined, name === undefined);
  if (name === '-V' || name === '--version') return version();
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw usageError(`unknown command ${quoted(name, 40)} (im-protocol --help)`);
  // After "--" follows the command line of another program.
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (own.includes('--help') || own.includes('-h')) return help(name, false);
  const parsed = parseArguments(command, rest);
  return (await command.load()).run(parsed);
}

async function help(name: string | undefined, isMissing: boolean): Promise<number> {
  const { overview, page } = await import('./help.js');
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) throw usageError(`unknown command ${quoted(name, 40)} (im-protocol --help)`);
  (isMissing ? process.stderr : process.stdout).write(command === undefined ? overview() : page(command));
  return isMissing ? USAGE : OK;
}

async function version(): Promise<number> {
  const { versionText } = await import('./package-root.js');
  process.stdout.write(`${versionText()}\n`);
  return OK;
}

// A broken pipe is not an error: the reader has what it needs.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? Number(process.exitCode) || OK : INTERNAL);
});
process.stderr.on('error', () => {});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof Failure) {
      log(error.message);
      process.exitCode = error.exitCode;
    } else {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`im-protocol: internal error, please report it\n${stack}\n`);
      process.exitCode = INTERNAL;
    }
  },
);
