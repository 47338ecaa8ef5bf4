// Profiles: what differs between the older JSON systems, as data.
import { Command } from '../../generated/im/protocol/v1/command.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import { LEGACY_CODES } from '../../generated/legacy-codes.js';
import { LEGACY_CONTENT_TYPES, type LegacyContentType } from './content-types.js';
import { BOX_IM_KEYS, type LegacyKeyChanges, type LegacyKeys } from './legacy-keys.js';
import { checkProfile } from './profile-rules.js';

/** A command that an older system can have. */
export type LegacyCommandName = keyof typeof LEGACY_CODES.Command | 'LOGOUT';
/** A terminal that an older system can have. UNSPECIFIED is its number for an unknown one. */
export type LegacyTerminalName = keyof typeof Terminal & string;
/** An outcome that an older system can have. All others are UNKNOWN_ERROR there. */
export type LegacySendCodeName = Exclude<keyof typeof SendCode & string, 'UNSPECIFIED'>;

/** Numbers by name. `null` = the system has no such value. */
export type LegacyNumbers<Name extends string> = { readonly [N in Name]?: number | null | undefined };

/** An older JSON system. All fields but `name` are optional; the default is the value of `base`. */
export interface LegacyProfileInit {
  /** Name of the profile, 1 to 64 characters of printable ASCII without the space. It identifies the JSON that messages carry along. */
  readonly name: string;
  /** The profile from which this one differs. Default: box-im. */
  readonly base?: LegacyProfile | undefined;
  /** Numbers of commands. LOGIN, HEARTBEAT, FORCE_LOGOUT, PRIVATE_MESSAGE and GROUP_MESSAGE are required. */
  readonly commands?: LegacyNumbers<LegacyCommandName> | undefined;
  /** Numbers of terminals. UNSPECIFIED, WEB, APP and PC are required. */
  readonly terminals?: LegacyNumbers<LegacyTerminalName> | undefined;
  /** Numbers of outcomes. SUCCESS, NOT_ONLINE, CHANNEL_NOT_FOUND and UNKNOWN_ERROR are required. */
  readonly codes?: LegacyNumbers<LegacySendCodeName> | undefined;
  /** Numbers of the types of messages. TEXT is required. */
  readonly contentTypes?: LegacyNumbers<LegacyContentType> | undefined;
  /** Names of keys. */
  readonly keys?: LegacyKeyChanges | undefined;
  /** How ids are written: as JSON numbers or as strings. Both are read. */
  readonly ids?: 'number' | 'string' | undefined;
  /** Size of the length before the JSON on TCP, in bytes, big-endian. */
  readonly tcpLengthBytes?: 4 | 8 | undefined;
  /** What is around a body between services: nothing, `{"message": object}`, or `{"message": the object as JSON text}`. The last two are both read. */
  readonly envelope?: LegacyEnvelope | undefined;
  /** Maximum size of a text that `decodeLegacy` accepts, in bytes of UTF-8: 1024 to 16777216. */
  readonly maxFrameBytes?: number | undefined;
  /** `data` of a forced logout without a reason: a text for the user. */
  readonly forceLogoutText?: string | undefined;
}

/** What is around a body between services. */
export type LegacyEnvelope = 'none' | 'object' | 'text';

/** An older JSON system, checked. Create it with `defineLegacyProfile`. */
export interface LegacyProfile {
  /** Name of the profile. */
  readonly name: string;
  /** Numbers of commands. */
  readonly commands: LegacyNumbers<LegacyCommandName>;
  /** Numbers of terminals. */
  readonly terminals: LegacyNumbers<LegacyTerminalName>;
  /** Numbers of outcomes. */
  readonly codes: LegacyNumbers<LegacySendCodeName>;
  /** Numbers of the types of messages. */
  readonly contentTypes: LegacyNumbers<LegacyContentType>;
  /** Names of keys. */
  readonly keys: LegacyKeys;
  /** How ids are written. */
  readonly ids: 'number' | 'string';
  /** Size of the length before the JSON on TCP, in bytes. */
  readonly tcpLengthBytes: 4 | 8;
  /** What is around a body between services. */
  readonly envelope: LegacyEnvelope;
  /** Maximum size of a text that `decodeLegacy` accepts, in bytes of UTF-8. */
  readonly maxFrameBytes: number;
  /** `data` of a forced logout without a reason. */
  readonly forceLogoutText: string;
  /** @internal */
  readonly lookup: Lookup;
}

/** The numbers of a profile by the numbers of this protocol, and the reverse. */
export interface Lookup {
  readonly command: ReadonlyMap<number, number>;
  readonly commandNumber: ReadonlyMap<number, number>;
  readonly terminal: ReadonlyMap<number, number>;
  readonly terminalNumber: ReadonlyMap<number, number>;
  readonly code: ReadonlyMap<number, number>;
  readonly codeNumber: ReadonlyMap<number, number>;
  readonly type: ReadonlyMap<number, LegacyContentType>;
}

/** All of a profile but its lookup. */
type Values = Omit<LegacyProfile, 'lookup'>;

/** The values from which a profile without a base differs: those of box-im, whose numbers are those of the schema. */
function boxIm(): Values {
  const { UNKNOWN_ERROR } = LEGACY_CODES.SendCode;
  // The codes without a number of their own are written as UNKNOWN_ERROR.
  const codes = Object.entries(LEGACY_CODES.SendCode).filter(
    ([name, code]) => name === 'UNKNOWN_ERROR' || code !== UNKNOWN_ERROR,
  );
  return {
    name: 'box-im',
    commands: LEGACY_CODES.Command,
    terminals: LEGACY_CODES.Terminal,
    codes: Object.fromEntries(codes),
    contentTypes: LEGACY_CONTENT_TYPES,
    keys: BOX_IM_KEYS,
    ids: 'number',
    tcpLengthBytes: 8,
    envelope: 'none',
    maxFrameBytes: 65_536,
    forceLogoutText: '您已在其他地方登录，将被强制下线',
  };
}

/**
 * Defines a profile for an older JSON system, such as a fork with other numbers and keys.
 *
 * ```ts
 * const fork = defineLegacyProfile({ name: 'fork', keys: { frame: { cmd: 'systemInfo' } }, commands: { LOGOUT: 2, FORCE_LOGOUT: 3,
 *   PRIVATE_MESSAGE: 4, GROUP_MESSAGE: 5, SYSTEM_MESSAGE: null }, terminals: { PC: 0, APP: 1, PAD: 2, WEB: 3 }, ids: 'string' });
 * ```
 * @throws ProtocolError INVALID_MESSAGE, with all issues: an unknown field or name, a number twice, a key twice in one object, a required one
 * missing, a value of a wrong type or out of range.
 */
export function defineLegacyProfile(init: LegacyProfileInit): LegacyProfile {
  checkProfile(init);
  const base: Values = init.base ?? boxIm();
  const groups = Object.entries(base.keys).map(([group, names]) => {
    const changes = init.keys?.[group as keyof LegacyKeys] ?? {};
    return [group, Object.freeze({ ...names, ...defined(changes) })];
  });
  const values: Values = {
    name: init.name,
    commands: Object.freeze({ ...base.commands, ...defined(init.commands ?? {}) }),
    terminals: Object.freeze({ ...base.terminals, ...defined(init.terminals ?? {}) }),
    codes: Object.freeze({ ...base.codes, ...defined(init.codes ?? {}) }),
    contentTypes: Object.freeze({ ...base.contentTypes, ...defined(init.contentTypes ?? {}) }),
    keys: Object.freeze(Object.fromEntries(groups)) as LegacyKeys,
    ids: init.ids ?? base.ids,
    tcpLengthBytes: init.tcpLengthBytes ?? base.tcpLengthBytes,
    envelope: init.envelope ?? base.envelope,
    maxFrameBytes: init.maxFrameBytes ?? base.maxFrameBytes,
    forceLogoutText: init.forceLogoutText ?? base.forceLogoutText,
  };
  checkProfile(values);
  return Object.freeze({ ...values, lookup: lookupOf(values) });
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function lookupOf({ commands, terminals, codes, contentTypes }: Values): Lookup {
  const types = Object.entries(contentTypes).flatMap(([name, number]): [number, LegacyContentType][] =>
    typeof number === 'number' ? [[number, name as LegacyContentType]] : [],
  );
  return {
    command: reversed(numbersOf(commands, Command)),
    commandNumber: numbersOf(commands, Command),
    terminal: reversed(numbersOf(terminals, Terminal)),
    terminalNumber: numbersOf(terminals, Terminal),
    code: reversed(numbersOf(codes, SendCode)),
    codeNumber: numbersOf(codes, SendCode),
    type: new Map(types),
  };
}

/** Numbers of the older system by those of an enum of this protocol. */
function numbersOf(numbers: LegacyNumbers<string>, values: Readonly<Record<string, number>>): Map<number, number> {
  const found = new Map<number, number>();
  for (const [name, number] of Object.entries(numbers)) if (typeof number === 'number') found.set(values[name], number);
  return found;
}

function reversed(map: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...map].map(([key, value]) => [value, key]));
}
