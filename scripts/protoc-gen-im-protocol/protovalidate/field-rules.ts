// The rules of a field as a `buf.validate.FieldRules`.
import { fieldRules as ownRules } from '../field-rules.js';
import type { FieldModel } from '../model.js';
import type { FieldSettings, Settings } from '../settings.js';
import { Identifier, type TextMessage } from './text-format.js';
import { IF_ZERO, valueRules } from './value-rules.js';

/**
 * @param isGrouped the field is in a `buf.validate.MessageOneofRule`, which would except defaults from its rules.
 * @returns undefined if there is nothing to check.
 */
export function fieldRules(field: FieldModel, settings: Settings, isGrouped: boolean): TextMessage | undefined {
  // Refuses rules that do not fit the field.
  const own = ownRules(field, settings);
  const declared = settings.field(field.desc);
  if (declared === undefined) return undefined;
  const rules = { ...(field.kind === 'one' ? valueRules(declared, field.type, settings) : sizeRules(declared, field, settings)) };
  const isExact = isGrouped && rules.ignore === undefined && own.whole.some((rule) => rule.refusesDefault);
  const all = {
    ...(own.required ? { required: true } : {}),
    ...(isExact ? { ignore: new Identifier('IGNORE_UNSPECIFIED') } : {}),
    ...rules,
  };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** The rules of a list or map, and of what is in it. */
function sizeRules(declared: FieldSettings, field: FieldModel, settings: Settings): TextMessage {
  const { minItems, maxItems } = declared;
  const min = minItems === 0 ? undefined : minItems;
  const rules: TextMessage =
    field.kind === 'list'
      ? {
          min_items: min,
          max_items: maxItems,
          unique: declared.unique || undefined,
          items: valueRules(declared.items, field.type, settings),
        }
      : {
          min_pairs: min,
          max_pairs: maxItems,
          keys: field.key && valueRules(declared.keys, field.key, settings),
          values: valueRules(declared.values, field.type, settings),
        };
  if (Object.values(rules).every((value) => value === undefined)) return {};
  return { ...(declared.orDefault ? { ignore: IF_ZERO } : {}), [field.kind === 'list' ? 'repeated' : 'map']: rules };
}
