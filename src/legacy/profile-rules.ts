// The rules of a profile.
import { Command } from '../../generated/im/protocol/v1/command.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import { LEGACY_CODES } from '../../generated/legacy-codes.js';
import type { Issue } from '../errors.js';
import { invalidMessage } from '../validate.js';
import { hasOwn } from '../wire/older-engines.js';
import { isPlainObject } from '../wire/scalar.js';
import { LEGACY_CONTENT_TYPES } from './content-types.js';
import { BOX_IM_KEYS, type LegacyKeys, REQUIRED_KEYS } from './legacy-keys.js';

const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  ids: ['number', 'string'],
  tcpLengthBytes: [4, 8],
  envelope: ['none', 'object', 'text'],
};
/** The names that may have a number, and those that must have one. */
const NUMBERS: Readonly<Record<string, { readonly names: readonly string[]; readonly required: readonly string[] }>> = {
  commands: {
    names: [...Object.keys(LEGACY_CODES.Command), 'LOGOUT'].filter((name) => hasOwn(Command, name)),
    required: ['LOGIN', 'HEARTBEAT', 'FORCE_LOGOUT', 'PRIVATE_MESSAGE', 'GROUP_MESSAGE'],
  },
  terminals: { names: Object.keys(Terminal), required: Object.keys(LEGACY_CODES.Terminal) },
  codes: {
    names: Object.keys(SendCode).filter((name) => name !== 'UNSPECIFIED'),
    required: ['SUCCESS', 'NOT_ONLINE', 'CHANNEL_NOT_FOUND', 'UNKNOWN_ERROR'],
  },
  contentTypes: { names: Object.keys(LEGACY_CONTENT_TYPES), required: ['TEXT'] },
};
const OTHERS: readonly string[] = ['name', 'base', 'keys', 'maxFrameBytes', 'forceLogoutText', 'lookup'];
const MIN_FRAME_BYTES = 1024;
const MAX_FRAME_BYTES = 16_777_216;
/** Fits a JSON number, and the enums of Java. */
const MAX_NUMBER = 0x7fff_ffff;

type Report = (path: string, rule: string, message: string) => void;

/**
 * Checks a profile: what a caller passes, where all but the name is optional, and what results from it and its base.
 * @throws ProtocolError INVALID_MESSAGE with all issues.
 */
export function checkProfile(profile: object): void {
  const issues: Issue[] = [];
  const report: Report = (path, rule, message) => void issues.push({ path, rule, message });
  if (!isPlainObject(profile)) report('', 'type', 'expected an object');
  else checkFields(profile, report);
  if (issues.length > 0) throw invalidMessage(issues, 'LegacyProfile');
}

function checkFields(profile: Readonly<Record<string, unknown>>, report: Report): void {
  const { name, base, keys, maxFrameBytes, forceLogoutText } = profile;
  for (const field of Object.keys(profile)) {
    if (!hasOwn(CHOICES, field) && !hasOwn(NUMBERS, field) && !OTHERS.includes(field))
      report(field, 'unknown_key', 'no field of a profile');
  }
  if (typeof name !== 'string' || !/^[!-~]{1,64}$/.test(name))
    report('name', 'format', 'expected 1 to 64 characters of printable ASCII');
  if (base !== undefined && !(isPlainObject(base) && hasOwn(base, 'lookup')))
    report('base', 'type', 'expected a profile of defineLegacyProfile');
  for (const [field, choices] of Object.entries(CHOICES)) {
    const value = profile[field];
    if (value !== undefined && !choices.includes(value)) report(field, 'type', `expected ${choices.join(' or ')}`);
  }
  if (maxFrameBytes !== undefined && !isIntegerIn(maxFrameBytes, MIN_FRAME_BYTES, MAX_FRAME_BYTES)) {
    report('maxFrameBytes', 'range', `expected an integer from ${MIN_FRAME_BYTES} to ${MAX_FRAME_BYTES}`);
  }
  if (forceLogoutText !== undefined && typeof forceLogoutText !== 'string')
    report('forceLogoutText', 'type', 'expected a string');
  for (const [field, { names, required }] of Object.entries(NUMBERS)) {
    checkNumbers(field, profile[field], names, required, report);
  }
  if (keys !== undefined) checkKeys(keys, report);
}

function isIntegerIn(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function checkNumbers(
  field: string,
  numbers: unknown,
  names: readonly string[],
  required: readonly string[],
  report: Report,
): void {
  if (numbers === undefined) return;
  if (!isPlainObject(numbers)) {
    report(field, 'type', 'expected an object');
    return;
  }
  const owners = new Map<unknown, string>();
  for (const [name, number] of Object.entries(numbers)) {
    const path = `${field}.${name}`;
    if (!names.includes(name)) report(path, 'unknown_key', `expected one of ${names.join(', ')}`);
    else if (number === null && required.includes(name)) report(path, 'required', 'every system needs a number for it');
    else if (number !== undefined && number !== null) {
      const owner = owners.get(number);
      if (!isIntegerIn(number, -MAX_NUMBER, MAX_NUMBER))
        report(path, 'range', `expected an integer from ${-MAX_NUMBER} to ${MAX_NUMBER}`);
      else if (owner !== undefined) report(path, 'unique', `got ${number}, which ${owner} has already`);
      owners.set(number, name);
    }
  }
}

function checkKeys(keys: unknown, report: Report): void {
  if (!isPlainObject(keys)) {
    report('keys', 'type', 'expected an object');
    return;
  }
  for (const [group, names] of Object.entries(keys)) {
    const path = `keys.${group}`;
    if (!hasOwn(BOX_IM_KEYS, group)) report(path, 'unknown_key', `expected one of ${Object.keys(BOX_IM_KEYS).join(', ')}`);
    else if (!isPlainObject(names)) report(path, 'type', 'expected an object');
    else checkGroup(path, names, BOX_IM_KEYS[group as keyof LegacyKeys], REQUIRED_KEYS[group as keyof LegacyKeys] ?? [], report);
  }
}

function checkGroup(path: string, names: object, known: object, required: readonly string[], report: Report): void {
  const owners = new Map<unknown, string>();
  for (const [name, key] of Object.entries(names)) {
    const at = `${path}.${name}`;
    if (!hasOwn(known, name)) report(at, 'unknown_key', `expected one of ${Object.keys(known).join(', ')}`);
    else if (key === null && required.includes(name)) report(at, 'required', 'every system needs a key for it');
    else if (key !== undefined && key !== null) {
      const owner = owners.get(key);
      if (typeof key !== 'string' || key === '' || key === '__proto__') report(at, 'type', 'expected the name of a key');
      else if (owner !== undefined) report(at, 'unique', `the key of ${owner} has the same name`);
      owners.set(key, name);
    }
  }
}
