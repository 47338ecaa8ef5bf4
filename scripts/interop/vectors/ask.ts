import type { Program } from '../languages/language.js';
import { runCommand } from '../run-command.js';
import type { Answer, Request } from './exchange.js';

/** Lets a program answer requests: a line of JSON each, in the same order. */
export async function ask({ program, args, ...options }: Program, requests: readonly Request[]): Promise<Answer[]> {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  const output = (await runCommand(program, args, { ...options, input })).toString();
  const answers = output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
  for (const [i, { id, vector }] of requests.entries()) {
    if (answers[i]?.id !== id) throw new Error(`line ${i + 1} answers ${answers[i]?.id}, the request was ${id}, ${vector}`);
  }
  if (answers.length !== requests.length) throw new Error(`${answers.length} answers to ${requests.length} requests`);
  return answers;
}
