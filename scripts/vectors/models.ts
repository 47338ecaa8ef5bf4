// models.json: every message of version 2 with as few and as many fields as it may have, each member of its oneofs, and fields of a later version.
import type { DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { Vector } from '../../test/vectors/vector.js';
import { isNewField, isNewMessage, kebab } from './newer.js';
import { FRAMES, join, MESSAGES, placed } from './place.js';
import { minimal, settings, valueFor } from './values.js';
import { accepted, refused } from './write-vector.js';

/** A number that no version has given to a field. */
const UNKNOWN_FIELD = 5000;

export function modelVectors(): Vector[] {
  const changed = MESSAGES.filter((desc) => isNewMessage(desc) || desc.fields.some(isNewField));
  return [...changed.flatMap(ofMessage), ...FRAMES.filter((desc) => !settings.message(desc)?.handshake).flatMap(laterFields)];
}

function ofMessage(desc: DescMessage): Vector[] {
  const name = `v2-${kebab(desc.name)}`;
  const show = (suffix: string, message: ReflectMessage): Vector => accepted(`${name}-${suffix}`, placed(message).frame);
  return [
    show('minimal', minimal(desc)),
    show('full', full(desc)),
    ...desc.oneofs.flatMap((oneof) =>
      oneof.fields
        .filter((field) => isNewMessage(desc) || isNewField(field))
        .map((field) => {
          const message = minimal(desc, field);
          message.set(field, valueFor(field));
          return show(`with-${kebab(field.name)}`, message);
        }),
    ),
    ...desc.oneofs.flatMap((oneof) => oneofVectors(name, desc, oneof)),
  ];
}

/** All fields outside of oneofs and of groups of which not all may be set. */
function full(desc: DescMessage): ReflectMessage {
  const message = minimal(desc);
  const { atMostOne = [], exactlyOne = [] } = settings.message(desc) ?? {};
  const groups = [...atMostOne, ...exactlyOne].flatMap(({ fields }) => fields);
  // A reply_to changes which commands are allowed, and so has vectors of its own in commands.json.
  for (const field of desc.fields) {
    if (field.oneof || groups.includes(field.name) || field.name === 'reply_to' || message.isSet(field)) continue;
    message.set(field, valueFor(field));
  }
  return message;
}

/** A required oneof without a member, and with members of a later version. */
function oneofVectors(name: string, desc: DescMessage, oneof: DescOneof): Vector[] {
  const { required, laterMembers } = settings.oneof(oneof) ?? {};
  if (!required) return [];
  const error = (path: string): object => ({
    code: 'INVALID_MESSAGE',
    issues: [{ path: join(path, oneof.name), rule: 'required' }],
  });
  const without = (number?: number): ReflectMessage => {
    const message = minimal(desc);
    message.clear(oneof.fields[0]);
    if (number !== undefined) message.setUnknown([{ no: number, wireType: 0, data: Uint8Array.of(1) }]);
    return message;
  };
  const none = placed(without());
  if (laterMembers === undefined) return [refused(`${name}-without-${kebab(oneof.name)}`, none.frame, error(none.path))];
  const assigned = oneof.fields.map(({ number }) => number);
  const first = Math.max(laterMembers.first, ...assigned.map((number) => number + 1));
  const above = placed(without(laterMembers.last + 1));
  return [
    refused(`${name}-without-${kebab(oneof.name)}`, none.frame, error(none.path)),
    ...[first, laterMembers.last].map((number) =>
      accepted(`${name}-later-${kebab(oneof.name)}-${number}`, placed(without(number)).frame),
    ),
    refused(`${name}-later-${kebab(oneof.name)}-${laterMembers.last + 1}`, above.frame, error(above.path)),
  ];
}

/** Fields that a later version adds are kept. */
function laterFields(desc: DescMessage): Vector[] {
  const message = minimal(desc);
  message.setUnknown([{ no: UNKNOWN_FIELD, wireType: 0, data: Uint8Array.of(5) }]);
  return [accepted(`v2-${kebab(desc.name)}-unknown-field-${UNKNOWN_FIELD}`, message)];
}
