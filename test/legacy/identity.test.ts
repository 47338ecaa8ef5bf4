// Old -> new -> old is the identity, for random messages of every type, through frames.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from '../../src/index.js';
import { parseJson } from '../../src/json/index.js';
import {
  defineLegacyProfile,
  fromLegacyBody,
  LEGACY_CONTENT_TYPES,
  type LegacyBodyInit,
  type LegacyProfile,
  legacyProfile,
  toLegacyBodies,
} from '../../src/legacy/index.js';
import { SEED } from '../seed.js';
import { toNew, toOld } from './through-frames.js';

const FORK = defineLegacyProfile({
  name: 'fork',
  commands: { LOGOUT: 2, FORCE_LOGOUT: 3, PRIVATE_MESSAGE: 4, GROUP_MESSAGE: 5, SYSTEM_MESSAGE: null },
  terminals: { PC: 0, APP: 1, PAD: 2, WEB: 3 },
  codes: { UNKNOWN_ERROR: -1 },
  keys: {
    frame: { cmd: 'systemInfo', data: 'content' },
    user: { id: 'userId', terminal: 'terminalType' },
    message: { sendId: 'fromUser' },
  },
  ids: 'string',
});
const PROFILES = [legacyProfile('box-im'), legacyProfile('binghe'), FORK];

/** JSON as text, so that ids beyond 2^53 are literals. */
type Text = string;
const literal = (value: unknown): Text => JSON.stringify(value);
const object = (members: readonly (readonly [string, Text])[]): Text =>
  `{${members.map(([key, value]) => `${literal(key)}:${value}`).join(',')}}`;

const SPECIAL = ['', '0', '{}', '{"a":1', '你好', '𝄞', '"', '\\', '\u2028', 'true', '-1'];
const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom(...SPECIAL));
const id = fc.oneof(
  fc.bigInt({ min: 1n, max: (1n << 63n) - 1n }),
  fc.constantFrom(1n, (1n << 53n) - 1n, 1n << 53n, (1n << 53n) + 1n, (1n << 63n) - 1n),
);
/** An id as number or text. */
const idText = fc.oneof(
  id.map(String),
  id.map((value) => literal(String(value))),
);
const jsonText = fc.oneof(
  fc.json({ maxDepth: 3 }).filter((text) => !text.includes('__proto__')),
  fc.constantFrom('null', '12345678901234567890', '-0', '1e30', '0.1', '[]', '{}'),
);
const optional = (values: fc.Arbitrary<Text>): fc.Arbitrary<Text | undefined> => fc.option(values, { nil: undefined });

/** `content` as clients write it, with surprises. */
const content = fc.oneof(
  word.map(literal),
  idText,
  jsonText.map(literal),
  jsonText,
  fc
    .record(
      {
        originUrl: word,
        thumbUrl: word,
        url: word,
        name: word,
        width: fc.nat(),
        height: fc.nat(),
        size: fc.nat(),
        duration: fc.double(),
      },
      { requiredKeys: [] },
    )
    .map((value) => literal(literal(value))),
  fc
    .record({ originUrl: fc.webUrl(), thumbUrl: fc.webUrl(), width: fc.nat(), height: fc.nat() })
    .map((value) => literal(literal(value))),
  fc
    .record({ sdp: word, type: word, candidate: word, sdpMid: word, sdpMLineIndex: fc.integer() })
    .map((v) => literal(literal(v))),
);

function messageText(profile: LegacyProfile, kind: 'private' | 'group' | 'system'): fc.Arbitrary<Text> {
  const keys = profile.keys.message;
  const type = fc.oneof(fc.constantFrom(...Object.values(LEGACY_CONTENT_TYPES)), fc.integer({ min: 0, max: 300 }));
  const sender = fc.oneof({ weight: 5, arbitrary: idText }, { weight: 1, arbitrary: fc.constantFrom('0', 'null') });
  const members: Record<string, fc.Arbitrary<Text | undefined>> = {
    [String(keys.type)]: type.map(String),
    [String(keys.id)]: optional(fc.oneof(idText, fc.constantFrom('null', '0', '""', '"x"'))),
    [String(keys.tmpId)]: optional(fc.oneof(word.map(literal), fc.constantFrom('null', '"1700000000000123"'))),
    [String(keys.content)]: optional(content),
    [String(keys.status)]: optional(fc.constantFrom('0', '1', '2', '3', 'null', '"0"')),
    [String(keys.sendTime)]: optional(
      fc.oneof(fc.nat().map(String), fc.constantFrom('1700000000000', '-1', '1e300', 'null', '"5"')),
    ),
    other: optional(jsonText),
  };
  if (kind !== 'system') members[String(keys.sendId)] = sender;
  if (kind === 'private') members[String(keys.recvId)] = idText;
  if (kind === 'group') {
    members[String(keys.groupId)] = idText;
    members[String(keys.sendNickName)] = optional(fc.oneof(word.map(literal), fc.constant('null')));
    members[String(keys.receipt)] = optional(fc.constantFrom('true', 'false', 'null', '1'));
    members[String(keys.receiptOk)] = optional(fc.constantFrom('true', 'false', 'null'));
    members[String(keys.readedCount)] = optional(fc.constantFrom('0', '1', '"2"', 'null', '-1'));
    members[String(keys.atUserIds)] = optional(
      fc.array(fc.oneof(idText, fc.constantFrom('-1', 'null'))).map((ids) => `[${ids}]`),
    );
  }
  return fc.record(members).chain((values) => {
    const present = Object.entries(values).filter((entry): entry is [string, Text] => entry[1] !== undefined);
    return fc.shuffledSubarray(present, { minLength: present.length }).map(object);
  });
}

const number = ({ commands }: LegacyProfile, name: keyof LegacyProfile['commands']): string => String(commands[name]);

function pushed(profile: LegacyProfile): fc.Arbitrary<readonly [command: string, data: Text]> {
  const { SYSTEM_MESSAGE } = profile.commands;
  const of = (name: 'PRIVATE_MESSAGE' | 'GROUP_MESSAGE' | 'SYSTEM_MESSAGE', kind: 'private' | 'group' | 'system') =>
    messageText(profile, kind).map((data) => [number(profile, name), data] as const);
  const all = [of('PRIVATE_MESSAGE', 'private'), of('GROUP_MESSAGE', 'group')];
  if (typeof SYSTEM_MESSAGE === 'number') all.push(of('SYSTEM_MESSAGE', 'system'));
  return fc.oneof(...all);
}

function frameText(profile: LegacyProfile): fc.Arbitrary<Text> {
  const { cmd, data } = profile.keys.frame;
  const { accessToken, devId } = profile.keys.login;
  const frame = (command: string, value: Text, other?: Text): Text =>
    object([[String(cmd), command], [String(data), value], ...(other === undefined ? [] : [['x', other] as const])]);
  const login = fc
    .tuple(fc.constantFrom('"e30.e30.c2ln"', '"t"'), fc.constantFrom('123456', '"a1"', 'null', '9007199254740993', '""'))
    .map(([token, device]) =>
      frame(
        number(profile, 'LOGIN'),
        object([
          [String(accessToken), token],
          [String(devId), device],
        ]),
      ),
    );
  const control = fc
    .tuple(fc.constantFrom('HEARTBEAT' as const, 'FORCE_LOGOUT' as const), jsonText, optional(jsonText))
    .map(([name, value, other]) => frame(number(profile, name), value, other));
  const unknown = fc.tuple(fc.integer({ min: 20, max: 99 }), jsonText).map(([command, value]) => frame(String(command), value));
  const message = fc.tuple(pushed(profile), optional(jsonText)).map(([[command, value], other]) => frame(command, value, other));
  return fc.oneof({ weight: 8, arbitrary: message }, control, login, unknown);
}

function bodyText(profile: LegacyProfile): fc.Arbitrary<Text> {
  const { user, receiveInfo, result } = profile.keys;
  const terminals = Object.entries(profile.terminals).flatMap(([name, value]) => (name === 'UNSPECIFIED' ? [] : [String(value)]));
  const person = (terminal: fc.Arbitrary<string>) =>
    fc.tuple(idText, terminal).map(([one, at]) =>
      object([
        [String(user.id), one],
        [String(user.terminal), at],
      ]),
    );
  const sender = fc.oneof(person(fc.constantFrom(...terminals, '-1', '77')), fc.constant('null'));
  const receivers = fc.array(person(fc.constantFrom(...terminals)), { minLength: 1, maxLength: 4 });
  const info = fc
    .record({
      push: pushed(profile),
      sender,
      receivers,
      send: optional(fc.constantFrom('true', 'false', 'null')),
      name: optional(word.map(literal)),
    })
    .map(({ push: [command, data], send, name, ...rest }) =>
      object([
        [String(receiveInfo.cmd), command],
        [String(receiveInfo.sender), rest.sender],
        [String(receiveInfo.receivers), `[${rest.receivers}]`],
        ...(send === undefined ? [] : [[String(receiveInfo.sendResult), send] as const]),
        ...(name === undefined ? [] : [[receiveInfo.serviceName ?? 'serviceName', name] as const]),
        ...(receiveInfo.destination === null ? [] : [[receiveInfo.destination, '"im_message_private_7"'] as const]),
        [String(receiveInfo.data), data],
      ]),
    );
  const code = fc.oneof(fc.constantFrom(...Object.values(profile.codes).map(String)), fc.integer().map(String));
  const outcome = fc
    .record({ push: pushed(profile), sender, receivers, code, isBatch: fc.boolean(), isNull: fc.boolean() })
    .map(({ push: [, data], isBatch, isNull, ...rest }) =>
      object([
        [String(result.sender), rest.sender],
        isBatch ? ['receivers', `[${rest.receivers}]`] : [String(result.receiver), rest.receivers[0]],
        [String(result.code), rest.code],
        [String(result.data), isNull ? 'null' : data],
      ]),
    );
  return fc.oneof(info, outcome).map((json) => (profile.envelope === 'none' ? json : `{"message":${json}}`));
}

describe.each(PROFILES.map((profile) => [profile.name, profile] as const))(
  `old -> new -> old, %s, seed ${SEED}`,
  (_name, profile) => {
    it('a frame', () => {
      fc.assert(
        fc.property(frameText(profile), (text) => {
          expect(toOld(toNew(text, profile, { maxBytes: 1_000_000 }), profile)).toEqual([parseJson(text)]);
        }),
        { seed: SEED, numRuns: 400 },
      );
    });

    it('a body between services', () => {
      fc.assert(
        fc.property(bodyText(profile), (text) => {
          const body = fromLegacyBody(text, profile);
          const { message } = decodeFrame(encodeFrame(body.type, body.message)) as { message: object };
          const written = toLegacyBodies({ ...body, message } as LegacyBodyInit, profile);
          expect(written.map((one) => parseJson(one))).toEqual([parseJson(text)]);
        }),
        { seed: SEED, numRuns: 200 },
      );
    });
  },
);
