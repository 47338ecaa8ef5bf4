// "A release that adds anything not ignorable is a new version (option `since`)."
import type { DescEnumValue, DescField } from '@bufbuild/protobuf';
import { type Change, Changes } from './change.js';
import type { Schema } from './schema.js';
import { allowsDefault } from './value-rules.js';

/** The package of the options in which the schema states its rules. */
export const OPTIONS_PACKAGE = 'im.options.v1';

/** A field that the last release does not have, in a message that it has. */
export function addedField(field: DescField, before: Schema, after: Schema): Change[] {
  const changes = new Changes(`${field.parent.typeName}.${field.name}`);
  // What the schema says of itself goes over no wire, and has no version.
  if (field.parent.file.proto.package === OPTIONS_PACKAGE) return [];
  const declared = after.settings.field(field);
  const isFrozen = after.settings.message(field.parent)?.handshake ?? false;
  if (isFrozen) {
    // "The numbers, types and rules of Hello, Welcome and Reject (only optional fields are added, readers skip what they do not know)."
    if (!allowsDefault(declared, after.settings)) changes.never('added to the handshake, but its default is refused');
  } else {
    requireSince(changes, declared?.since ?? 0, declared?.ignorable ?? false, before, after);
    if (!allowsDefault(declared, after.settings)) changes.newVersion('added, but its default is refused');
  }
  requireOwnNumber(changes, field);
  requireLaterMember(changes, field, after);
  return changes.list;
}

/** An enum value that the last release does not have, in an enum that it has. */
export function addedValue(value: DescEnumValue, before: Schema, after: Schema): Change[] {
  const changes = new Changes(`${value.parent.typeName}.${value.name}`);
  const declared = after.settings.value(value);
  requireSince(changes, declared?.since ?? 0, declared?.ignorable ?? false, before, after);
  return changes.list;
}

function requireSince(changes: Changes, since: number, ignorable: boolean, before: Schema, after: Schema): void {
  if (since > after.version) changes.never(`added with since ${since}, but PROTOCOL_VERSION is ${after.version}`);
  if (ignorable || since > before.version) return;
  const last = `the last release speaks version ${before.version}`;
  if (after.version === before.version) changes.newVersion(`added, not ignorable; ${last}`);
  else changes.never(`added, not ignorable, with since ${since}; ${last}`);
}

/** "Field numbers 1000-1999 are never assigned here: private forks use those." */
function requireOwnNumber(changes: Changes, { number }: DescField): void {
  if (number >= 1000 && number <= 1999) changes.never(`added with number ${number}: 1000 to 1999 belong to private forks`);
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
