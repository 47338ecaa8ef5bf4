// The Lua tables of value rules, with resolved formats, for wireshark/src/rules.lua.
import type { DescField } from '@bufbuild/protobuf';
import { ANY_TYPE_URL_MAX_BYTES } from '../../generated/constants.js';
import type { FieldSettings, Settings } from '../protoc-gen-im-protocol/settings.js';
import { characterRanges } from './character-ranges.js';
import type { LuaTable, LuaValue } from './lua-literal.js';

/** The rules of a value; undefined if there are none. */
export function valueRules(declared: FieldSettings | undefined, settings: Settings, desc: DescField): LuaTable | undefined {
  const all = declared ? settings.rules(declared) : [];
  const sets = [...all.map(ruleSet), ...(isTypeUrl(desc) ? [{ type_url: ANY_TYPE_URL_MAX_BYTES }] : [])];
  const lists: LuaValue[] = sets.filter((set) => Object.values(set).some((rule) => rule !== undefined));
  if (lists.length === 0) return undefined;
  const numbered = lists.map((set, i): [number | string, LuaValue] => [i + 1, set]);
  return new Map(all.some((set) => set.orDefault) ? [...numbered, ['orDefault', true]] : numbered);
}

function ruleSet(set: FieldSettings): Record<string, LuaValue> {
  return {
    min: limit(set.min),
    max: limit(set.max),
    min_bytes: set.minBytes,
    max_bytes: set.maxBytes,
    alphabet: characterClass(set.alphabet),
    forbidden: characterClass(set.forbidden),
    not_blank: set.notBlank || undefined,
    not_in: set.notIn.length === 0 ? undefined : new Map(set.notIn.map((text) => [text, true])),
    not_prefix: set.notPrefix.length === 0 ? undefined : set.notPrefix,
  };
}

/** The dissector compares 64-bit integers as doubles: exact for limits that are safe integers. */
function limit(value: bigint | undefined): LuaValue {
  if (value !== undefined && !Number.isSafeInteger(Number(value)))
    throw new Error(`the dissector cannot represent the limit ${value}`);
  return value;
}

/** "A class as inside the brackets of a regular expression" */
function characterClass(text: string): LuaValue {
  if (text === '') return undefined;
  const pattern = new RegExp(`^[${text}]$`, 'u');
  return { text, ranges: characterRanges((character) => pattern.test(character)) };
}

function isTypeUrl({ parent, name }: DescField): boolean {
  return parent.typeName === 'google.protobuf.Any' && name === 'type_url';
}
