// `im-protocol vectors` of the installed package, as its users run it.
import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { PROJECT } from '../install/install-package.js';
import type { Program } from '../languages/language.js';
import type { Row } from './row.js';

const COMMAND = join(PROJECT, 'node_modules/.bin/im-protocol');

/** Runs all vectors with a program that uses a protobuf library and does not check rules. */
export async function runVectors({ program, args, ...options }: Program): Promise<Row[]> {
  const asked = lines(await runCommand(COMMAND, ['vectors', '--list'], options)).length;
  const asking = ['vectors', '--json', '--no-rules', '--protobuf', '--', program, ...args];
  // It exits with 1 if an answer is wrong, and early if the program ends.
  const rows = lines(await runCommand(COMMAND, asking, { ...options, mayEndWith: [1] })).map((line) => JSON.parse(line) as Row);
  if (rows.length !== asked) throw new Error(`${rows.length} answers to ${asked} requests`);
  return rows;
}

function lines(output: Buffer): string[] {
  return output.toString().split('\n').filter(Boolean);
}
