// Random JSON of older systems, as texts, so that numbers are literals: whatever clients and services of a profile write, with surprises.
import fc from 'fast-check';
import { defineLegacyProfile, LEGACY_CONTENT_TYPES, type LegacyProfile, legacyProfile } from '../../src/legacy/index.js';

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
export const PROFILES = [legacyProfile('box-im'), legacyProfile('binghe'), FORK];

type Text = string;
type Arbitrary = fc.Arbitrary<Text>;
type Members = readonly (readonly [key: string, value: Text | undefined])[];

const literal = (value: unknown): Text => JSON.stringify(value);
const quoted = (values: Arbitrary): Arbitrary => values.map(literal);
const optional = (values: Arbitrary): fc.Arbitrary<Text | undefined> => fc.option(values, { nil: undefined });
const sometimes = (usual: Arbitrary, other: Arbitrary): Arbitrary =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });

/** The object with these members, the first of each name. Those without a value are left out. */
function object(members: Members): Text {
  const values = new Map<string, Text>();
  for (const [key, value] of members) if (value !== undefined && !values.has(key)) values.set(key, value);
  return `{${[...values].map(([key, value]) => `${literal(key)}:${value}`).join(',')}}`;
}

/** Members in any order. */
const shuffled = (members: Record<string, fc.Arbitrary<Text | undefined>>): fc.Arbitrary<Members> =>
  fc.record(members).chain((values) => {
    const all = Object.entries(values);
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

const EDGES = [
  '-0',
  '-0.0',
  '0e0',
  '1.0',
  '1E1',
  '0.5',
  '0.0005',
  '-5e-324',
  '5e-324',
  '1e16',
  '1e300',
  '4294967.295',
  '4294967.2955',
];
const BOUNDS = [2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n, 253_402_300_799_999n];
const number: Arbitrary = fc.oneof(
  fc.constantFrom(...EDGES, ...BOUNDS.flatMap((bound) => [bound - 1n, bound, bound + 1n, -bound]).map(String)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? '-0' : String(value))),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.integer().map(String),
);
const LONG = [60, 61, 255, 256, 1024, 1025, 2048, 2049, 9000].flatMap((length) => ['x'.repeat(length), '界'.repeat(length / 3)]);
const WORDS = [
  '',
  '0',
  '-0',
  '007',
  '+7',
  ' 7',
  '-1',
  '{}',
  '{"a":1',
  '[]',
  'null',
  'true',
  'false',
  '你好',
  '𝄞',
  '"',
  '\\',
  '\u2028',
  '\u0000',
];
const LIKE_OURS = [
  't1.a',
  't2.t2.a',
  't8.a',
  '9223372036854775808',
  '通话时长 00:05',
  '通话时长 100:05',
  '通话时长 01:00:05',
  '已拒绝',
  '已取消',
];
const word: Arbitrary = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(...WORDS, ...LIKE_OURS, ...LONG, 'constructor', '\ufeffa'),
);
const id: Arbitrary = fc.oneof(
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('7', '9', ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n].map(String)),
);
/** An id as number or text. */
const idText: Arbitrary = fc.oneof(id, quoted(id), fc.constant('"007"'));
const key: Arbitrary = fc.oneof(
  fc.string({ maxLength: 5 }).filter((name) => name !== '__proto__'),
  fc.constantFrom('constructor', 'toString', 'id', 'sendId', 'type', 'content', 'cmd', 'data', '0', 'length'),
);
const scalar: Arbitrary = fc.oneof(number, quoted(word), quoted(number), fc.constantFrom('null', 'true', 'false', '[]', '{}'));
const { json } = fc.letrec<{ json: Text }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items}]`),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 3 }).map(object),
  ),
}));
const flag = sometimes(fc.constantFrom('true', 'false'), scalar);

const media = shuffled({
  originUrl: optional(quoted(word)),
  thumbUrl: optional(sometimes(quoted(word), scalar)),
  url: quoted(word),
  name: optional(sometimes(quoted(word), scalar)),
  width: optional(number),
  height: optional(number),
  size: optional(number),
  duration: optional(number),
  other: optional(json),
}).map(object);
const signal = shuffled({
  sdp: optional(sometimes(quoted(word), scalar)),
  type: optional(fc.constantFrom('"offer"', '"answer"', '"x"')),
  candidate: optional(sometimes(quoted(word), scalar)),
  sdpMid: optional(quoted(word)),
  sdpMLineIndex: optional(number),
  usernameFragment: optional(quoted(word)),
  userIds: optional(json),
  reason: optional(scalar),
  groupId: optional(idText),
  isCamera: optional(flag),
  isMicroPhone: optional(flag),
}).map(object);
const person = shuffled({
  id: optional(sometimes(idText, scalar)),
  nickName: optional(sometimes(quoted(word), scalar)),
  name: optional(quoted(word)),
  headImage: optional(quoted(word)),
  isCamera: optional(flag),
}).map(object);
const content = fc.oneof(scalar, json, ...[json, media, signal, person, number].map(quoted), media);

const TYPES = Object.values(LEGACY_CONTENT_TYPES).map(String);
const anyType: Arbitrary = fc.oneof(
  fc.constantFrom(...TYPES),
  quoted(fc.constantFrom(...TYPES)),
  fc.integer({ min: -5, max: 300 }).map(String),
);
/** A type and the content that goes with it. */
const typical = fc.oneof(
  fc.tuple(fc.constantFrom('0', '21', '40', '41'), quoted(word)),
  fc.tuple(fc.constantFrom('1', '2', '3'), quoted(media)),
  fc.tuple(fc.constant('10'), idText),
  fc.tuple(fc.constantFrom('80', '90'), quoted(person)),
  fc.tuple(fc.constantFrom('82', '92'), fc.constantFrom('"true"', '"false"')),
  fc.tuple(fc.constantFrom('100', '101', '102', '107', '203', '208', '209', '210', '211'), quoted(signal)),
  fc.tuple(fc.constantFrom('200', '206', '207'), quoted(fc.array(person, { maxLength: 3 }).map((users) => `[${users}]`))),
);

type Kind = 'private' | 'group' | 'system';

function messageText({ keys }: LegacyProfile, kind: Kind): Arbitrary {
  const names = keys.message;
  const mention = fc.oneof(idText, fc.constantFrom('-1', '"-1"', 'null'));
  const values: Record<string, fc.Arbitrary<Text | undefined>> = {
    [String(names.id)]: optional(sometimes(idText, scalar)),
    [String(names.tmpId)]: optional(fc.oneof(quoted(word), scalar, fc.constant('"1700000000000123"'))),
    [String(names.status)]: optional(fc.oneof(fc.constantFrom('0', '1', '2', '3'), scalar)),
    [String(names.sendTime)]: optional(fc.oneof(fc.constant('1700000000000'), number, scalar)),
    [String(names.sendNickName)]: optional(sometimes(quoted(word), scalar)),
    [String(names.receipt)]: optional(flag),
    [String(names.receiptOk)]: optional(flag),
    [String(names.readedCount)]: optional(number),
    [String(names.atUserIds)]: optional(
      sometimes(
        fc.array(mention, { maxLength: 4 }).map((ids) => `[${ids}]`),
        scalar,
      ),
    ),
    [String(names.sendId)]: optional(sometimes(idText, fc.constantFrom('0', 'null', '"0"', '-0'))),
    [String(names.recvId)]: kind === 'private' ? idText : optional(scalar),
    [String(names.groupId)]: kind === 'group' ? idText : optional(scalar),
  };
  const body = fc.oneof(fc.tuple(anyType, optional(content)), typical);
  const others = fc.array(fc.tuple(key, json), { maxLength: 2 });
  return fc.tuple(shuffled(values), body, others).chain(([members, [type, text], more]) => {
    const all: Members = [...members, [String(names.type), type], [String(names.content), text], ...more];
    return fc.boolean().map((isReversed) => object(isReversed ? all.toReversed() : all));
  });
}

const numberOf = ({ commands }: LegacyProfile, name: keyof LegacyProfile['commands']): Text => String(commands[name]);

function pushed(profile: LegacyProfile): fc.Arbitrary<readonly [command: Text, data: Text]> {
  const of = (name: keyof LegacyProfile['commands'], kind: Kind) =>
    messageText(profile, kind).map((data) => [numberOf(profile, name), data] as const);
  const all = [of('PRIVATE_MESSAGE', 'private'), of('GROUP_MESSAGE', 'group')];
  if (typeof profile.commands.SYSTEM_MESSAGE === 'number') all.push(of('SYSTEM_MESSAGE', 'system'));
  return fc.oneof(...all);
}

/** A text of a connection. */
export function frameText(profile: LegacyProfile): Arbitrary {
  const { cmd, data } = profile.keys.frame;
  const { accessToken, devId } = profile.keys.login;
  const frame = (command: Text, value: Text | undefined, other?: Text): Text =>
    object([
      [String(cmd), command],
      [String(data), value],
      ['x', other],
    ]);
  const login = fc
    .tuple(
      fc.constantFrom('"e30.e30.c2ln"', '"t"'),
      fc.constantFrom('123456', '"a1"', 'null', '9007199254740993', '""', undefined),
    )
    .map(([token, device]) =>
      frame(
        numberOf(profile, 'LOGIN'),
        object([
          [String(accessToken), token],
          [String(devId), device],
        ]),
      ),
    );
  const control = fc
    .tuple(fc.constantFrom('HEARTBEAT' as const, 'FORCE_LOGOUT' as const), optional(json), optional(json))
    .map(([name, value, other]) => frame(numberOf(profile, name), value, other));
  const unknown = fc.tuple(fc.integer({ min: 20, max: 99 }), json).map(([command, value]) => frame(String(command), value));
  const message = fc
    .tuple(pushed(profile), optional(json), fc.boolean())
    .map(([[command, value], other, isText]) => frame(isText ? literal(command) : command, value, other));
  return fc.oneof({ weight: 8, arbitrary: message }, control, login, unknown);
}

/** A body between services. */
export function bodyText(profile: LegacyProfile): Arbitrary {
  const { user, receiveInfo, result, forceLogout } = profile.keys;
  const terminals = Object.entries(profile.terminals).flatMap(([name, value]) => (name === 'UNSPECIFIED' ? [] : [String(value)]));
  const userOn = (ids: Arbitrary, terminal: Arbitrary): Arbitrary =>
    shuffled({ [String(user.id)]: ids, [String(user.terminal)]: terminal, z: optional(number) }).map(object);
  const sender = optional(fc.oneof(userOn(idText, fc.constantFrom(...terminals, '-1', '77')), userOn(scalar, scalar), scalar));
  const receiver = userOn(idText, fc.constantFrom(...terminals, '"0"'));
  const receivers = fc.array(receiver, { minLength: 1, maxLength: 4 }).map((users) => `[${users}]`);
  const info = fc
    .record({
      push: pushed(profile),
      sender,
      receivers,
      wantsResult: optional(flag),
      service: optional(quoted(word)),
      topic: optional(quoted(word)),
    })
    .map(({ push: [command, data], ...rest }) =>
      object([
        [String(receiveInfo.cmd), command],
        [String(receiveInfo.sender), rest.sender],
        [String(receiveInfo.receivers), rest.receivers],
        [String(receiveInfo.sendResult), rest.wantsResult],
        [receiveInfo.serviceName ?? 'serviceName', rest.service],
        [receiveInfo.destination ?? 'destination', rest.topic],
        [String(receiveInfo.data), data],
      ]),
    );
  const code = fc.oneof(fc.constantFrom(...Object.values(profile.codes).map(String)), scalar);
  const outcome = fc
    .record({
      push: pushed(profile),
      sender,
      receivers,
      receiver,
      code,
      isBatch: fc.boolean(),
      isNull: fc.boolean(),
      other: optional(json),
    })
    .map(({ push: [, data], isBatch, isNull, ...rest }) =>
      object([
        [String(result.sender), rest.sender],
        isBatch ? ['receivers', rest.receivers] : [String(result.receiver), rest.receiver],
        [String(result.code), rest.code],
        [String(result.data), isNull ? 'null' : data],
        ['other', rest.other],
      ]),
    );
  const logout = shuffled({
    [forceLogout.userId ?? 'userId']: idText,
    [forceLogout.terminal ?? 'terminal']: fc.constantFrom(...terminals),
    [forceLogout.devId ?? 'devId']: optional(scalar),
  }).map(object);
  const body =
    forceLogout.userId === null
      ? fc.oneof(info, outcome)
      : fc.oneof({ weight: 4, arbitrary: info }, { weight: 4, arbitrary: outcome }, logout);
  return fc.tuple(body, fc.constantFrom('none', 'object', 'text')).map(([text, envelope]) => {
    if (envelope === 'none') return text;
    return `{"message":${envelope === 'text' ? literal(text) : text}}`;
  });
}
