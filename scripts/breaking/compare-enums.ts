// Compares enums and their values: commands, error codes, legacy codes.
import type { DescEnum, DescEnumValue } from '@bufbuild/protobuf';
import type { ApplicationCommandSettings, CommandSettings, ErrorSettings } from '../../generated/im/options/v1/options.js';
import { addedEnum, addedValue, OPTIONS_PACKAGE } from './additions.js';
import { type Change, Changes } from './change.js';
import type { Schema } from './schema.js';

export function compareEnums(before: Schema, after: Schema): Change[] {
  return [...after.enums.values()].flatMap((now) => {
    const old = before.enums.get(now.typeName);
    if (!old) return addedEnum(now, after);
    // The enum of formats in the options: resolved formats are compared where they are used.
    return old.file.proto.package === OPTIONS_PACKAGE ? [] : compareEnum(old, before, now, after);
  });
}

function compareEnum(old: DescEnum, before: Schema, now: DescEnum, after: Schema): Change[] {
  const changes = new Changes(now.typeName);
  const [a, b] = [before.settings.enum(old), after.settings.enum(now)];
  changes.fixed('application_from', a?.applicationFrom ?? 0, b?.applicationFrom ?? 0);
  changes.fixed('application_data', a?.applicationData ?? '', b?.applicationData ?? '');
  const values = now.values.flatMap((value) => {
    const was = old.values.find(({ number }) => number === value.number);
    return was ? compareValue(was, before, value, after) : addedValue(value, before, after);
  });
  return [...changes.list, ...values];
}

function compareValue(old: DescEnumValue, before: Schema, now: DescEnumValue, after: Schema): Change[] {
  const changes = new Changes(`${now.parent.typeName}.${now.name}`);
  const [a, b] = [before.settings.value(old), after.settings.value(now)];
  changes.fixed('legacy_code', a?.legacyCode, b?.legacyCode);
  changes.fixed('since', a?.since ?? 0, b?.since ?? 0);
  changes.fixed('ignorable', a?.ignorable ?? false, b?.ignorable ?? false);
  changes.fixed('older_value', a?.olderValue ?? '', b?.olderValue ?? '');
  changes.fixed('error', errorProperties(a?.error), errorProperties(b?.error));
  // "A published command never gets another data member: a new command does."
  const known = knownProperties(before);
  changes.fixed('command', commandProperties(a?.command, known), commandProperties(b?.command, known));
  changes.fixed('application_command', payloads(a?.applicationCommand), payloads(b?.applicationCommand));
  return changes.list;
}

function errorProperties(error: ErrorSettings | undefined): string | undefined {
  return (
    error && `{${['closes', 'reconnect', 'retry', 'local'].filter((name) => error[name as keyof ErrorSettings]).join(', ')}}`
  );
}

/** The options of a command that the last release had. */
function knownProperties(before: Schema): ReadonlySet<string> | undefined {
  const settings = before.messages.get(`${OPTIONS_PACKAGE}.CommandSettings`);
  return settings && new Set(settings.fields.map((field) => field.localName));
}

function commandProperties(command: CommandSettings | undefined, known: ReadonlySet<string> | undefined): string | undefined {
  if (!command) return undefined;
  const { data, betweenServices, resultWithoutData, fromClient, fromServer, reply, topic, stored, maxAgeMs } = command;
  const properties = {
    data: `data: [${data.join(', ')}]`,
    betweenServices: betweenServices && 'between_services',
    resultWithoutData: resultWithoutData && 'result_without_data',
    fromClient: fromClient && 'from_client',
    fromServer: fromServer && 'from_server',
    reply: reply && `reply: ${reply}`,
    topic: topic && `topic: ${topic}`,
    stored: stored && 'stored',
    maxAgeMs: maxAgeMs && `max_age_ms: ${maxAgeMs}`,
  };
  const set = Object.entries(properties).flatMap(([name, text]) => (text && (known?.has(name) ?? true) ? [text] : []));
  return `{${set.join(', ')}}`;
}

function payloads(command: ApplicationCommandSettings | undefined): string | undefined {
  if (!command) return undefined;
  const { payload, reply, topic = 0 } = command;
  return `{payload: ${payload || 'none'}, reply: ${reply || 'none'}${topic === 0 ? '' : `, topic: ${topic}`}}`;
}
