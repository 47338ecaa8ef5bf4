import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { type Issue, ProtocolError } from '../errors.js';
import { requireValid } from '../validate.js';
import { quoted } from '../wire/quoted.js';

/** The commands of an application, name by number: `{ 1000: 'TYPING' }`. Numbers are 1000 to 2147483647, names printable ASCII. */
export type ApplicationCommands = Readonly<Record<number, string>>;

/** The largest value of a proto3 enum, hence of a command. */
const LARGEST_COMMAND = 0x7fffffff;

/** The polynomial 0x04C11DB7 with its bits reversed. */
const POLYNOMIAL = 0xedb88320;

/**
 * The digest of a command in Hello.command_digests: CRC-32 (ISO-HDLC, as crc32 of zlib and java.util.zip.CRC32) of its name in ASCII,
 * without the prefix of the enum. `commandDigest('PRIVATE_MESSAGE')` is 0xDDDFDA6E.
 *
 * @param name printable ASCII without spaces, not empty.
 * @returns 0 to 4294967295.
 * @throws ProtocolError INVALID_MESSAGE for another name, which two sides could encode differently.
 */
export function commandDigest(name: string): number {
  if (!isCommandName(name))
    throw new ProtocolError('INVALID_MESSAGE', `command name: expected printable ASCII without spaces, got ${quoted(name)}`);
  let crc = 0xffffffff;
  for (let i = 0; i < name.length; i++) crc = withByte(crc, name.charCodeAt(i));
  return ~crc >>> 0;
}

/**
 * The commands of one side, name by number: those of the protocol and of the application.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for an invalid number or name.
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
  // 1 to 999 belong to the protocol.
  if (!Number.isInteger(number) || number < FIRST_APPLICATION_COMMAND || number > LARGEST_COMMAND) {
    const message = `expected a command number from ${FIRST_APPLICATION_COMMAND} to ${LARGEST_COMMAND}, got ${key}`;
    issues.push({ path, rule: 'range', message });
  }
  if (typeof name !== 'string' || !isCommandName(name)) {
    issues.push({
      path,
      rule: 'alphabet',
      message: `expected a name of printable ASCII without spaces, got ${quoted(name)}`,
    });
  }
  return issues;
}

function isCommandName(name: string): boolean {
  return /^[!-~]+$/.test(name);
}

function withByte(crc: number, byte: number): number {
  crc ^= byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  return crc;
}
