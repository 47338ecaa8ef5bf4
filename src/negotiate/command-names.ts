import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { Issue } from '../errors.js';
import { quoted } from '../wire/quoted.js';
import { isCommandName } from './command-digest.js';
import { requireValid } from './require-valid.js';

/** The largest value of a proto3 enum, hence of a command. */
const LARGEST_COMMAND = 0x7fffffff;

/** An application's own commands, name by number: `{ 1000: 'TYPING' }`. Numbers 1000 to 2147483647, names in printable ASCII. */
export type ApplicationCommands = Readonly<Record<number, string>>;

/**
 * The commands that one side knows, name by number: those of this specification and the application's.
 * @throws ProtocolError INVALID_MESSAGE for a number or a name that no application command can have.
 */
export function commandNames(application: ApplicationCommands): Map<number, string> {
  const names = new Map<number, string>();
  for (const [number, { name }] of Object.entries(COMMANDS)) names.set(Number(number), name);
  const issues: Issue[] = [];
  for (const [key, name] of Object.entries(application)) {
    const number = Number(key);
    issues.push(...commandIssues(key, name));
    names.set(number, name);
  }
  requireValid(issues, 'ApplicationCommands');
  return names;
}

function commandIssues(key: string, name: string): Issue[] {
  const path = `commands[${key}]`;
  const issues: Issue[] = [];
  const number = Number(key);
  // 1-999 belong to this specification, 1000 and up to applications.
  if (!Number.isInteger(number) || number < FIRST_APPLICATION_COMMAND || number > LARGEST_COMMAND) {
    const message = `got the number ${key}, an application's commands are ${FIRST_APPLICATION_COMMAND} to ${LARGEST_COMMAND}`;
    issues.push({ path, rule: 'range', message });
  }
  if (typeof name !== 'string' || !isCommandName(name)) {
    issues.push({
      path,
      rule: 'alphabet',
      message: `got the name ${quoted(name)}, must be printable ASCII without spaces`,
    });
  }
  return issues;
}
