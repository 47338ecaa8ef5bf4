// Our messages in the form that a peer takes by nature, and any form of them as one that can be compared.

/**
 * A copy of a message in another form.
 * @param form what becomes of a 64-bit integer, of a oneof (name, case, value -> properties), of a property's name and of a map.
 */
export function toNative(value, form) {
  if (typeof value === 'bigint') return form.int64(value);
  if (typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => toNative(item, form));
  if (value instanceof Map) return form.map(value);
  const native = {};
  for (const [name, member] of Object.entries(value)) {
    if (member.$case === undefined) native[form.name(name)] = toNative(member, form);
    else Object.assign(native, form.oneof(name, member.$case, toNative(member.value, form)));
  }
  return native;
}

/** What most peers have in common. */
export const PLAIN = {
  int64: (value) => value,
  name: (name) => name,
  map: (map) => Object.fromEntries(map),
  oneof: (_, name, value) => ({ [name]: value }),
};

/** Names of the oneofs: some peers say beside the value which member is set. */
const ONEOFS = ['data', 'body', 'payload'];

/** The same for each form that stands for the same message: names in camelCase, numbers as text, bytes in hex, nothing that is a default. */
export function normalForm(value) {
  if (typeof value === 'number') return BigInt(value).toString();
  if (typeof value !== 'object' || value === null) return String(value);
  // The 64-bit integers of protobufjs.
  if (typeof value.low === 'number' && typeof value.high === 'number') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(normalForm);
  return Object.fromEntries(members(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function members(value) {
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([key, member]) => {
    if (key.startsWith('$') || isUnset(member)) return [];
    if (ONEOFS.includes(key)) return oneofMember(member);
    return [[key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), normalForm(member)]];
  });
}

function isUnset(value) {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return !(value instanceof Uint8Array) && String(value) === '0';
}

/** `{ $case, value }`, `{ case, value }`, `{ oneofKind, [kind]: value }`, or the name of a member that stands beside it. */
function oneofMember(member) {
  const name = member.$case ?? member.case ?? member.oneofKind;
  if (name === undefined) return [];
  return [[name, normalForm(member.value ?? member[name])]];
}
