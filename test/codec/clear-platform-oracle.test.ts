// What a client must not set, by an independent walk: protobufjs reads the option `platform` from the .proto files.
import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { describe, expect, it, test } from 'vitest';
import { SendInfo } from '../../generated/models.js';
import { clearPlatformFields } from '../../src/codec/clear-platform-fields.js';
import { isProtocolError } from '../../src/errors.js';
import { messages } from '../arbitrary.js';
import { oracleFor, toOracle } from '../oracle.js';
import { SEED } from '../seed.js';

const lookup = oracleFor('im/protocol/v1/send_info.proto');
const { table } = SendInfo.generated;
const sendInfo = lookup(table.name);

type Values = Record<string, unknown>;

function isPlatform(field: protobuf.Field): boolean {
  const options = (field.parsedOptions ?? []) as unknown as Values[];
  return options.some((option) => (option['(im.options.v1.field)'] as Values | undefined)?.platform === true);
}

/** A message without the fields that the platform sets. Adds such members of oneofs to `refused`. */
function stripped(type: protobuf.Type, message: Values, refused: string[]): Values {
  const out: Values = {};
  for (const field of type.fieldsArray.map((one) => one.resolve())) {
    const value = message[field.name];
    if (value === undefined) continue;
    if (isPlatform(field)) {
      if (field.partOf) refused.push(field.fullName);
      continue;
    }
    const nested = field.resolvedType;
    const isMessage = nested !== null && 'fieldsArray' in nested;
    const inner = (item: unknown): unknown => (isMessage ? stripped(nested as protobuf.Type, item as Values, refused) : item);
    if (field.map) out[field.name] = Object.fromEntries(Object.entries(value as Values).map(([key, item]) => [key, inner(item)]));
    else out[field.name] = field.repeated ? (value as unknown[]).map(inner) : inner(value);
  }
  return out;
}

/** A message of protobufjs with all defaults, so that a cleared field equals one that was never set. */
function plain(type: protobuf.Type, message: object): unknown {
  return type.toObject(type.fromObject(message as Values), { longs: String, bytes: Array, defaults: true });
}

/** A random message as a server reads it. */
function wholeMessage(random: Values): SendInfo {
  return SendInfo.decode(SendInfo.encode(random as unknown as SendInfo));
}

test('protobufjs finds the marked fields, in messages of every kind', () => {
  const names = new Set<string>();
  const seen = new Set<protobuf.Type>();
  const walk = (type: protobuf.Type): void => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const field of type.fieldsArray.map((one) => one.resolve())) {
      if (isPlatform(field)) names.add(field.fullName.replace('.im.protocol.v1.', ''));
      if (field.resolvedType !== null && 'fieldsArray' in field.resolvedType) walk(field.resolvedType as protobuf.Type);
    }
  };
  walk(sendInfo);
  expect([...names]).toEqual(
    expect.arrayContaining([
      'Content.seq',
      'Content.stream',
      'Content.notice',
      'Content.call',
      'DeliveryHints.urgent',
      'DeliveryHints.sender_name',
      'Quote.recalled',
      'ForwardOrigin.hops',
      'Reaction.count',
      'Edit.revision',
      'Recall.operator_id',
      'ReadPosition.unread_count',
      'ConversationState.unread_count',
      'CallSignal.members',
      'CallSignal.server',
      'CallEnd.duration_ms',
      'PrivateMessage.push',
    ]),
  );
});

describe('random messages', () => {
  // Each command's data, deep enough for contents in contents in pages.
  const members = table.fields.filter(({ oneof }) => oneof === 'data');

  it.each(members.map((field) => [field.name, field] as const))(
    '%s: nothing marked survives, and all else is equal',
    (name, field) => {
      let cleared = 0;
      fc.assert(
        fc.property(messages(field.message!(), depthFor(name)), (value) => {
          const message = wholeMessage({ cmd: 1, data: { $case: name, value } });
          const refused: string[] = [];
          const before = toOracle(table, message);
          const expected = stripped(sendInfo, before, refused);
          let after: SendInfo;
          try {
            after = clearPlatformFields(message);
          } catch (error) {
            expect(isProtocolError(error, 'PERMISSION_DENIED')).toBe(true);
            expect(refused).not.toEqual([]);
            return;
          }
          expect(refused).toEqual([]);
          expect(plain(sendInfo, toOracle(table, after))).toEqual(plain(sendInfo, expected));
          if (after !== message) cleared++;
        }),
        { seed: SEED, numRuns: 60 },
      );
      if (['privateMessage', 'groupMessage', 'conversation', 'read', 'sendResult'].includes(name))
        expect(cleared).toBeGreaterThan(0);
    },
  );
});

/** Where random messages begin: a negative depth lets them nest deeper. */
function depthFor(name: string): number {
  return /Message$/.test(name) ? -1 : 0;
}
