#!/usr/bin/env node
// `im-protocol`: finds the command and loads it, and nothing else, so that it starts fast.
import { parseArguments } from './command.js';
import { COMMANDS } from './commands.js';
import { Failure, INTERNAL, OK, USAGE, usageError } from './exit.js';
import { say } from './output.js';

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '-h' || name === '--help' || name === 'help')
    return help(name === 'help' ? rest[0] : undefined, name === undefined);
  if (name === '-V' || name === '--version') return version();
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw usageError(`no command is called ${name} (im-protocol --help)`);
  // Behind "--" stands the command line of somebody else.
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (own.includes('--help') || own.includes('-h')) return help(name, false);
  const parsed = parseArguments(command, rest);
  return (await command.load()).run(parsed);
}

async function help(name: string | undefined, isMissing: boolean): Promise<number> {
  const { overview, page } = await import('./help.js');
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) throw usageError(`no command is called ${name} (im-protocol --help)`);
  (isMissing ? process.stderr : process.stdout).write(command === undefined ? overview() : page(command));
  return isMissing ? USAGE : OK;
}

async function version(): Promise<number> {
  const { versionText } = await import('./package-root.js');
  process.stdout.write(`${versionText()}\n`);
  return OK;
}

// "a broken pipe is quiet": who reads no further has what he wanted.
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
      say(error.message);
      process.exitCode = error.exitCode;
    } else {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`im-protocol: this is a fault of im-protocol itself, please report it\n${stack}\n`);
      process.exitCode = INTERNAL;
    }
  },
);
