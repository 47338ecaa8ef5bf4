// Every kind of frame that a peer may send, each by a name: what the tests of all orders are made of.

import { COMMANDS } from '../../generated/commands.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ERRORS } from '../../src/errors.js';
import { hex } from '../frame/hex.js';
import { helloWith, welcomeWith } from '../negotiate/universe.js';

/** How a command is sent: of itself, as a request, or as a reply to no request (99) or to the one that is open. */
export type Form = 'push' | 'request' | 'reply' | 'answer';

/** A frame that a peer sends, by what it is about. */
export type Letter =
  | { readonly kind: 'handshake'; readonly name: 'Hello' | 'Welcome' | 'Reject' }
  /** A sound SendInfo. */
  | { readonly kind: 'command'; readonly name: string; readonly form: Form; readonly ignorable: boolean }
  /** A SendInfo with a rule broken. */
  | { readonly kind: 'invalid'; readonly name: string; readonly code: string; readonly form: Form }
  /** What is refused as a frame, whatever message it carries. */
  | { readonly kind: 'frame'; readonly name: string; readonly code: string; readonly ignorable?: boolean };

/** The sequence of the requests of the alphabet. */
export const REQUEST = 77;
/** A sequence that was never given. */
const NOTHING = 99;

/** Who is logged in where the alphabet is spoken. */
export const SENDER = { userId: 1n, terminal: 1 };

const content = { clientMessageId: 'c', body: { $case: 'text', value: { text: 'hi' } } } as const;
const info = (code: keyof typeof ERRORS) => ({ cmd: 8, data: { $case: 'error', value: { code: ERRORS[code].number } } }) as const;

/** Messages by name: each command with its data. */
const MESSAGES: Readonly<Record<string, SendInfoInit>> = {
  LOGIN: { cmd: 1, data: { $case: 'login', value: { accessToken: 't' } } },
  SESSION: { cmd: 1, data: { $case: 'session', value: { ...SENDER } } },
  HEARTBEAT: { cmd: 2, data: { $case: 'heartbeat', value: { sentAtMs: 5n } } },
  FORCE_LOGOUT: { cmd: 3, data: { $case: 'forceLogout', value: { user: SENDER } } },
  PRIVATE_MESSAGE: { cmd: 4, data: { $case: 'privateMessage', value: { sender: SENDER, receiverId: 2n, content } } },
  GROUP_MESSAGE: { cmd: 5, data: { $case: 'groupMessage', value: { sender: SENDER, groupId: 2n, content } } },
  SYSTEM_MESSAGE: { cmd: 6, data: { $case: 'systemMessage', value: { content } } },
  SEND_RESULT: { cmd: 7, data: { $case: 'sendResult', value: { code: 1 } } },
  RATE_LIMITED: info('RATE_LIMITED'),
  SLOW_CONSUMER: info('SLOW_CONSUMER'),
  DRAIN: { cmd: 9, data: { $case: 'drain', value: { graceMs: 1000 } } },
  UNKNOWN: { cmd: 500 },
  APPLICATION: { cmd: 1000 },
};

/** The names of the messages; SESSION is a LOGIN of the server, RATE_LIMITED and SLOW_CONSUMER are ERRORs. */
export const NAMES = Object.keys(MESSAGES);
const FORMS: readonly Form[] = ['push', 'request', 'reply', 'answer'];

/** Payloads of a SendInfo of which each breaks a rule, without the fields of its form. */
const INVALID: readonly { readonly name: string; readonly code: string; readonly payload: string }[] = [
  { name: 'a LOGIN without data', code: 'COMMAND_DATA_MISMATCH', payload: '08 01' },
  { name: 'a PRIVATE_MESSAGE without a sender', code: 'INVALID_MESSAGE', payload: '08 04 72 02 10 02' },
  { name: 'an ERROR without a code', code: 'INVALID_MESSAGE', payload: '08 08 92 01 00' },
];

const FRAMES: readonly { readonly name: string; readonly code: string; readonly bytes: string; readonly ignorable?: boolean }[] =
  [
    { name: 'an unknown type', code: 'UNSUPPORTED_TYPE', bytes: '00 00 00 04 01 14 00 00' },
    { name: 'an unknown type, ignorable', code: 'UNSUPPORTED_TYPE', bytes: '00 00 00 04 01 14 00 02', ignorable: true },
    { name: 'an unknown type of version 0, ignorable', code: 'UNSUPPORTED_TYPE', bytes: '00 00 00 04 00 14 00 02' },
    { name: 'a ReceiveInfo', code: 'UNSUPPORTED_TYPE', bytes: '00 00 00 04 01 08 00 00' },
    { name: 'a Hello of version 1', code: 'UNSUPPORTED_TYPE', bytes: '00 00 00 04 01 40 00 00' },
    { name: 'a SendInfo of version 0', code: 'UNSUPPORTED_TYPE', bytes: '00 00 00 04 00 07 00 00' },
    { name: 'a payload that ends early', code: 'MALFORMED_PAYLOAD', bytes: '00 00 00 06 01 07 00 00 08 80' },
    { name: 'another version', code: 'UNSUPPORTED_VERSION', bytes: '00 00 00 06 03 07 00 00 08 02' },
    { name: 'an unknown critical flag', code: 'UNSUPPORTED_FLAGS', bytes: '00 00 00 06 01 07 00 04 08 02' },
    { name: 'a compressed frame', code: 'NOT_NEGOTIATED', bytes: '00 00 00 06 01 07 00 01 03 00' },
    { name: 'an HTTP request', code: 'FOREIGN_PROTOCOL', bytes: '47 45 54 20 2f 20 48 54' },
    { name: 'a length of 3', code: 'FRAME_TOO_SHORT', bytes: '00 00 00 03 01 07 00 00' },
    { name: 'a length of 16 MiB - 1', code: 'FRAME_TOO_LARGE', bytes: '00 ff ff ff 01 07 00 00' },
  ];

export interface Spoken {
  readonly letter: Letter;
  readonly bytes: Uint8Array;
}

/** The whole alphabet. @param open the sequence of the request that the session has open. */
export function alphabet(open: number): Spoken[] {
  const forms = { push: {}, request: { sequence: REQUEST }, reply: { replyTo: NOTHING }, answer: { replyTo: open } };
  const spoken: Spoken[] = [];
  const say = (letter: Letter, bytes: Uint8Array): void => void spoken.push({ letter, bytes });
  say({ kind: 'handshake', name: 'Hello' }, encodeFrame('Hello', helloWith({})));
  say({ kind: 'handshake', name: 'Welcome' }, encodeFrame('Welcome', welcomeWith({})));
  say({ kind: 'handshake', name: 'Reject' }, encodeFrame('Reject', { code: ERRORS.OVERLOADED.number }));
  for (const name of NAMES) {
    for (const form of FORMS) {
      const bytes = encodeFrame('SendInfo', { ...MESSAGES[name], ...forms[form] });
      say({ kind: 'command', name, form, ignorable: false }, bytes);
      if (name !== 'UNKNOWN' && name !== 'APPLICATION') continue;
      say({ kind: 'command', name, form, ignorable: true }, withFlags(bytes, 0x02));
    }
  }
  for (const { name, code, payload } of INVALID) {
    for (const form of FORMS) {
      const numbers = { push: '', request: `10 ${byte(REQUEST)}`, reply: `18 ${byte(NOTHING)}`, answer: `18 ${byte(open)}` };
      say({ kind: 'invalid', name, code, form }, sendInfo(`${payload} ${numbers[form]}`));
    }
  }
  for (const { bytes, ...frame } of FRAMES) say({ kind: 'frame', ...frame }, hex(bytes));
  return spoken;
}

/** A frame around the payload of a SendInfo. */
export function sendInfo(payload: string): Uint8Array {
  const { length } = hex(payload);
  return hex(`00 00 00 ${byte(4 + length)} 01 07 00 00`, payload);
}

/** The number of a command by its name in the alphabet. */
export function commandOf(name: string): number {
  return MESSAGES[name].cmd ?? 0;
}

export function nameOf(cmd: number): string {
  return COMMANDS[cmd]?.name ?? String(cmd);
}

export function titleOf(letter: Letter): string {
  const form = 'form' in letter ? ` as ${letter.form}` : '';
  return `${letter.name}${form}${letter.kind === 'command' && letter.ignorable ? ', ignorable' : ''}`;
}

function withFlags(frame: Uint8Array, flags: number): Uint8Array {
  const copy = frame.slice();
  copy[7] = flags;
  return copy;
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
