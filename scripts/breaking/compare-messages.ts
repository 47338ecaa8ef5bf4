// Compares messages, their fields and oneofs. `buf breaking` finds deletions and changed types and names.
import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { ByteTotal, FieldGroup } from '../../generated/im/options/v1/options.js';
import { addedField, addedMessage } from './additions.js';
import { type Change, Changes } from './change.js';
import type { Schema } from './schema.js';
import { compareValueRules } from './value-rules.js';

export function compareMessages(before: Schema, after: Schema): Change[] {
  return [...after.messages.values()].flatMap((now) => {
    const old = before.messages.get(now.typeName);
    return old
      ? [
          ...compareMessage(old, before, now, after),
          ...compareFields(old, before, now, after),
          ...compareOneofs(old, before, now, after),
        ]
      : addedMessage(now, before, after);
  });
}

function compareMessage(old: DescMessage, before: Schema, now: DescMessage, after: Schema): Change[] {
  const changes = new Changes(now.typeName);
  const [a, b] = [before.settings.message(old), after.settings.message(now)];
  changes.fixed('frame_type', a?.frameType ?? 0, b?.frameType ?? 0);
  changes.fixed('handshake', a?.handshake ?? false, b?.handshake ?? false);
  changes.fixed('since', a?.since ?? 0, b?.since ?? 0);
  const known = new Set(old.fields.map((field) => field.name));
  compareGroups(changes, 'at_most_one', groups(a?.atMostOne, known, 2), groups(b?.atMostOne, known, 2));
  compareGroups(changes, 'at_least_one', groups(a?.atLeastOne, known, 0), groups(b?.atLeastOne, known, 0));
  compareGroups(changes, 'ascending', ordered(a?.ascending, known), ordered(b?.ascending, known));
  compareGroups(changes, 'exactly_one', groups(a?.exactlyOne, known, 0), groups(b?.exactlyOne, known, 0));
  requireOldMembers(changes, now, 'at_least_one', b?.atLeastOne ?? [], known, after);
  requireOldMembers(changes, now, 'exactly_one', b?.exactlyOne ?? [], known, after);
  changes.fixed('byte_total', byteTotal(a?.byteTotal, known), byteTotal(b?.byteTotal, known));
  return changes.list;
}

/** To a reader that skips an ignorable field, no field of the group would be set. */
function requireOldMembers(
  changes: Changes,
  now: DescMessage,
  rule: string,
  declared: readonly FieldGroup[],
  known: ReadonlySet<string>,
  after: Schema,
): void {
  for (const name of declared.flatMap((group) => group.fields)) {
    const field = now.fields.find((candidate) => candidate.name === name);
    if (known.has(name) || field === undefined || !after.settings.field(field)?.ignorable) continue;
    changes.never(`${rule} has ${name}, which is new and ignorable: an older reader would find no field of the group`);
  }
}

/** A group as the last release sees it: without its unknown fields. With fewer than `least` fields, it has no effect. */
function groups(declared: readonly FieldGroup[] = [], known: ReadonlySet<string>, least: number): string[] {
  const restricted = declared.map((group) => group.fields.filter((name) => known.has(name)).sort());
  return restricted.filter((fields) => fields.length >= least).map((fields) => `[${fields.join(', ')}]`);
}

/** The same, of fields whose order matters. */
function ordered(declared: readonly FieldGroup[] = [], known: ReadonlySet<string>): string[] {
  const restricted = declared.map((group) => group.fields.filter((name) => known.has(name)));
  return restricted.filter((fields) => fields.length > 1).map((fields) => `[${fields.join(', ')}]`);
}

function compareGroups(changes: Changes, name: string, before: readonly string[], after: readonly string[]): void {
  for (const group of after) if (!before.includes(group)) changes.never(`${name} tightened: ${group} is new`);
  for (const group of before) if (!after.includes(group)) changes.newVersion(`${name} loosened: ${group} is gone`);
}

/** A sum as the last release sees it. With only new fields, it has no effect. */
function byteTotal(total: ByteTotal | undefined, known: ReadonlySet<string>): string | undefined {
  const fields = total?.fields.filter((name) => known.has(name)).sort() ?? [];
  return fields.length === 0 ? undefined : `${total?.maxBytes} bytes of ${fields.join(', ')}`;
}

function compareFields(old: DescMessage, before: Schema, now: DescMessage, after: Schema): Change[] {
  const known = new Map(old.fields.map((field) => [field.number, field]));
  return now.fields.flatMap((field) => {
    const was = known.get(field.number);
    return was ? compareField(was, before, field, after) : addedField(field, before, after);
  });
}

function compareField(old: DescField, before: Schema, now: DescField, after: Schema): Change[] {
  const changes = new Changes(`${now.parent.typeName}.${now.name}`);
  const [a, b] = [before.settings.field(old), after.settings.field(now)];
  compareValueRules(changes, a, before.settings, b, after.settings);
  changes.fixed('since', a?.since ?? 0, b?.since ?? 0);
  changes.fixed('ignorable', a?.ignorable ?? false, b?.ignorable ?? false);
  changes.fixed('routing', a?.routing ?? false, b?.routing ?? false);
  changes.fixed('platform', a?.platform ?? false, b?.platform ?? false);
  // A field may become sensitive. A field that stops being sensitive would be shown in logs.
  if (a?.sensitive && !b?.sensitive) changes.fixed('sensitive', true, false);
  return changes.list;
}

function compareOneofs(old: DescMessage, before: Schema, now: DescMessage, after: Schema): Change[] {
  return now.oneofs.flatMap((oneof) =>
    compareOneof(
      old.oneofs.find(({ name }) => name === oneof.name),
      before,
      oneof,
      after,
    ),
  );
}

function compareOneof(old: DescOneof | undefined, before: Schema, now: DescOneof, after: Schema): Change[] {
  const changes = new Changes(`${now.parent.typeName}.${now.name}`);
  const a = old && before.settings.oneof(old);
  const b = after.settings.oneof(now);
  if (b?.required && !a?.required) changes.never('required tightened: from false to true');
  if (a?.required && !b?.required) changes.newVersion('required loosened: from true to false');
  changes.fixed('command_data', data(a?.commandData), data(b?.commandData));
  // The last release requires no member of a new oneof.
  if (old) changes.fixed('later_members', range(a?.laterMembers), range(b?.laterMembers));
  return changes.list;
}

function data(settings: { command: string; optional: boolean; betweenServices: boolean } | undefined): string | undefined {
  return (
    settings && `{command: ${settings.command}, optional: ${settings.optional}, between_services: ${settings.betweenServices}}`
  );
}

function range(settings: { first: number; last: number } | undefined): string | undefined {
  return settings && `${settings.first} to ${settings.last}`;
}
