// "A release that adds anything not ignorable is a new version (option `since`)."
import type { DescEnum, DescEnumValue, DescField, DescMessage } from '@bufbuild/protobuf';
import { type Change, Changes } from './change.js';
import type { Schema } from './schema.js';
import { allowsDefault } from './value-rules.js';

/** The package of the options with which the schema defines its rules. */
export const OPTIONS_PACKAGE = 'im.options.v1';

/** A message that the last release does not have. Fields that use it have a version; a frame type needs its own. */
export function addedMessage(message: DescMessage, before: Schema, after: Schema): Change[] {
  if (message.file.proto.package === OPTIONS_PACKAGE) return [];
  const changes = new Changes(message.typeName);
  const { frameType = 0, handshake = false, since = 0 } = after.settings.message(message) ?? {};
  if (frameType === 0) requireKnownVersion(changes, since, after);
  else {
    requireFrameType(changes, frameType, handshake);
    requireSince(changes, since, false, before, after);
  }
  const fields = message.fields.flatMap((field) => {
    const ofField = new Changes(`${message.typeName}.${field.name}`);
    requireKnownVersion(ofField, after.settings.field(field)?.since ?? 0, after);
    requireOwnNumber(ofField, field);
    return ofField.list;
  });
  return [...changes.list, ...fields];
}

/** "1-63 and 80-127 this specification; 64-79 handshake; 128-255 applications." The handshake never changes. */
function requireFrameType(changes: Changes, frameType: number, handshake: boolean): void {
  if (handshake || (frameType >= 64 && frameType <= 79)) {
    changes.never(`added with frame type ${frameType} of the handshake, which is frozen`);
  } else if (frameType >= 128) changes.never(`added with frame type ${frameType}: 128 to 255 belong to applications`);
}

/** An enum that the last release does not have. */
export function addedEnum(desc: DescEnum, after: Schema): Change[] {
  if (desc.file.proto.package === OPTIONS_PACKAGE) return [];
  return desc.values.flatMap((value) => {
    const changes = new Changes(`${desc.typeName}.${value.name}`);
    requireKnownVersion(changes, after.settings.value(value)?.since ?? 0, after);
    return changes.list;
  });
}

/** A field that the last release does not have, in a message that it has. */
export function addedField(field: DescField, before: Schema, after: Schema): Change[] {
  const changes = new Changes(`${field.parent.typeName}.${field.name}`);
  // Options of the schema are not sent, and have no version.
  if (field.parent.file.proto.package === OPTIONS_PACKAGE) return [];
  const declared = after.settings.field(field);
  const isFrozen = after.settings.message(field.parent)?.handshake ?? false;
  if (isFrozen) {
    requireKnownVersion(changes, declared?.since ?? 0, after);
    // "The numbers, types and rules of Hello, Welcome and Reject (only optional fields are added, readers skip what they do not know)."
    if (!allowsDefault(declared, after.settings)) changes.never('added to the handshake, but its default is refused');
  } else {
    requireSince(changes, declared?.since ?? 0, declared?.ignorable ?? false, before, after);
    if (!allowsDefault(declared, after.settings)) changes.newVersion('added, but its default is refused');
  }
  requireOwnNumber(changes, field);
  requireLaterMember(changes, field, after);
  requireOtherNumber(changes, field, after);
  return changes.list;
}

/** An enum value that the last release does not have, in an enum that it has. */
export function addedValue(value: DescEnumValue, before: Schema, after: Schema): Change[] {
  const changes = new Changes(`${value.parent.typeName}.${value.name}`);
  const declared = after.settings.value(value);
  // A local error is "reported on one side only": no older peer gets it.
  const isIgnorable = declared?.ignorable || declared?.error?.local;
  requireSince(changes, declared?.since ?? 0, isIgnorable ?? false, before, after);
  const { applicationFrom = 0 } = after.settings.enum(value.parent) ?? {};
  if (applicationFrom !== 0 && value.number >= applicationFrom) {
    changes.never(`added with number ${value.number}: ${applicationFrom} and up belong to applications`);
  }
  return changes.list;
}

function requireKnownVersion(changes: Changes, since: number, after: Schema): void {
  if (since > after.version) changes.never(`added with since ${since}, but PROTOCOL_VERSION is ${after.version}`);
}

function requireSince(changes: Changes, since: number, ignorable: boolean, before: Schema, after: Schema): void {
  requireKnownVersion(changes, since, after);
  if (ignorable || since > before.version) return;
  const last = `the last release speaks version ${before.version}`;
  if (after.version === before.version) changes.newVersion(`added, not ignorable; ${last}`);
  else changes.never(`added, not ignorable, with since ${since}; ${last}`);
}

/** "Field numbers 1000-1999 are never assigned here: private forks use those." */
function requireOwnNumber(changes: Changes, { number }: DescField): void {
  if (number >= 1000 && number <= 1999) changes.never(`added with number ${number}: 1000 to 1999 belong to private forks`);
}

/** "A later field of Content that is no body gets a number from 100 to 999": an older reader would take it for a body. */
function requireOtherNumber(changes: Changes, field: DescField, after: Schema): void {
  for (const oneof of field.parent.oneofs) {
    const later = oneof === field.oneof ? undefined : after.settings.oneof(oneof)?.laterMembers;
    if (later === undefined || field.number < later.first || field.number > later.last) continue;
    changes.never(`added with number ${field.number}: ${later.first} to ${later.last} are for members of ${oneof.name}`);
  }
}

/** "A new kind of content is a new member of Content.body, marked ignorable, in 18-99." */
function requireLaterMember(changes: Changes, field: DescField, after: Schema): void {
  const later = field.oneof && after.settings.oneof(field.oneof)?.laterMembers;
  if (!later) return;
  const isInside = field.number >= later.first && field.number <= later.last;
  if (!isInside)
    changes.never(`added with number ${field.number}: later members of ${field.oneof.name} have ${later.first} to ${later.last}`);
  if (!after.settings.field(field)?.ignorable) changes.never(`added, not ignorable: later members of ${field.oneof.name} are`);
}
