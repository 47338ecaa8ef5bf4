import { type Change, Changes } from './change.js';
import { compareEnums } from './compare-enums.js';
import { compareMessages } from './compare-messages.js';
import type { Schema } from './schema.js';

/**
 * Compares what `buf breaking` does not see: our options. Protocol, section 4.8: "a release that adds anything not ignorable,
 * or loosens a rule, is a new version (option `since`); no rule is tightened and no number or custom option reused."
 */
export function compareSchemas(before: Schema, after: Schema): Change[] {
  return [
    ...compareOptions(before, after),
    ...compareConstants(before, after),
    ...compareMessages(before, after),
    ...compareEnums(before, after),
  ];
}

/** The changes that prevent a release: all except those that a new protocol version allows. */
export function breakingChanges(before: Schema, after: Schema): Change[] {
  const isNewVersion = after.version > before.version;
  return compareSchemas(before, after).filter(({ allowed }) => allowed === 'never' || !isNewVersion);
}

/** Schemas of applications use our options by number. */
function compareOptions(before: Schema, after: Schema): Change[] {
  return [...before.options.values()].flatMap((old) => {
    const changes = new Changes(old.typeName);
    const now = after.options.get(old.typeName);
    if (!now) changes.never(`the option is gone, number ${old.number}`);
    else {
      changes.fixed('number', old.number, now.number);
      changes.fixed('extendee', old.extendee.typeName, now.extendee.typeName);
      changes.fixed('type', old.message?.typeName, now.message?.typeName);
    }
    return changes.list;
  });
}

function compareConstants(before: Schema, after: Schema): Change[] {
  const versions = new Changes('PROTOCOL_VERSION');
  if (after.version < before.version) versions.fixed('value', before.version, after.version);
  const features = new Changes('features');
  for (const name of before.features) if (!after.features.has(name)) features.never(`${name} is gone`);
  for (const name of after.features) if (!before.features.has(name)) features.newVersion(`${name} is new`);
  const constants = [...before.constants].flatMap(([name, values]) => {
    const changes = new Changes(name);
    if (name !== 'PROTOCOL_VERSION') changes.fixed('value', values, after.constants.get(name));
    return changes.list;
  });
  return [...versions.list, ...features.list, ...constants];
}
