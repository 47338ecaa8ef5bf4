// Our issues as violations of protovalidate.
import type { Issue } from '../../src/errors.js';
import type { FieldPlace, PathElement, Places, RulePlace } from './places.js';

/** A buf.validate.Violation as an init shape of @bufbuild/protobuf. */
export interface ViolationInit {
  readonly field?: { readonly elements: readonly ElementInit[] };
  readonly rule?: { readonly elements: readonly PathElement[] };
  readonly ruleId: string;
  readonly message: string;
  readonly forKey?: boolean;
}

type ElementInit = PathElement & { readonly subscript?: { readonly case: string; readonly value: bigint | string | boolean } };

/** The rules of groups, which the message has. */
const GROUPS = ['at_most_one', 'exactly_one'];

/** Issues about a key begin so. */
const KEY = 'key: ';
/** What the text of a format is for an empty value, for which protovalidate has an id of its own. */
const EMPTY = 'empty, ';

export function violationOf({ path, rule, message }: Issue, typeName: string, places: Places): ViolationInit {
  if (path === '' && GROUPS.includes(rule)) return { ruleId: 'message.oneof', message };
  const { elements, place, isEntry } = resolve(path, typeName, places);
  const forKey = isEntry && message.startsWith(KEY);
  const rules = !isEntry ? place.whole : forKey ? place.keys : place.items;
  const found = rules.find(({ name }) => name === rule);
  if (found === undefined) throw new Error(`no rule ${rule} at ${path}: ${message}`);
  const text = forKey ? message.slice(KEY.length) : message;
  return {
    field: { elements },
    ...(found.path && { rule: { elements: found.path } }),
    ruleId: idOf(found, text),
    message,
    ...(forKey && { forKey }),
  };
}

function idOf({ id }: RulePlace, text: string): string {
  return text.startsWith(EMPTY) ? `${id}_empty` : id;
}

interface Resolved {
  readonly elements: readonly ElementInit[];
  readonly place: FieldPlace;
  /** The path ends with the index of an element or the key of an entry. */
  readonly isEntry: boolean;
}

/** A name, and what is in brackets after it: an index, a number, a bool or a JSON string. */
const STEP = /^\.?([\w$]+)(?:\[("(?:\\.|[^"\\])*"|[^\]]*)\])?/;

function resolve(path: string, typeName: string, places: Places): Resolved {
  const elements: ElementInit[] = [];
  let type: string | undefined = typeName;
  let place: FieldPlace | undefined;
  let key: string | undefined;
  for (let rest = path; rest !== ''; ) {
    const [text, name, subscript] = STEP.exec(rest) ?? [];
    place = name === undefined ? undefined : places[type ?? '']?.[name];
    if (place === undefined || text === undefined) throw new Error(`unknown path ${path} of ${typeName}`);
    key = subscript;
    elements.push(elementOf(place, key));
    type = place.message;
    rest = rest.slice(text.length);
  }
  if (place === undefined) throw new Error(`an issue of ${typeName} without a path`);
  return { elements, place, isEntry: key !== undefined };
}

function elementOf({ element, kind }: FieldPlace, key: string | undefined): ElementInit {
  const { keyType, valueType, ...plain } = element;
  if (key === undefined) return plain;
  if (kind === 'list') return { ...plain, subscript: { case: 'index', value: BigInt(key) } };
  return { ...element, subscript: subscriptOf(key, keyType) };
}

/** Types of keys: FieldDescriptorProto.Type. */
const UNSIGNED = [4, 6, 7, 13];
const BOOL = 8;
const STRING = 9;

function subscriptOf(key: string, type: number | undefined): NonNullable<ElementInit['subscript']> {
  if (type === STRING) return { case: 'stringKey', value: JSON.parse(key) as string };
  if (type === BOOL) return { case: 'boolKey', value: key === 'true' };
  return { case: UNSIGNED.includes(type ?? 0) ? 'uintKey' : 'intKey', value: BigInt(key) };
}
