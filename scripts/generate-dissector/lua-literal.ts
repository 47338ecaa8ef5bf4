/** A value that can be written as a Lua table. Undefined properties are skipped. */
export type LuaValue = string | number | bigint | boolean | undefined | readonly LuaValue[] | LuaTable;

/** A table by keys: names, or numbers in brackets. */
export type LuaTable = { readonly [key: string]: LuaValue } | ReadonlyMap<number | string, LuaValue>;

/** Writes a value as a Lua expression; nested tables take several lines. */
export function luaLiteral(value: LuaValue, indent = ''): string {
  if (typeof value === 'string') return luaString(value);
  if (typeof value !== 'object') return String(value);
  const entries = Array.isArray(value) ? value.map((item) => ['', item] as const) : keyed(value as LuaTable);
  const parts = entries.map(([key, item]) => `${key}${luaLiteral(item, `${indent}  `)}`);
  const line = `{ ${parts.join(', ')} }`;
  if (parts.length === 0) return '{}';
  if (line.length + indent.length <= 120 && !line.includes('\n')) return line;
  return `{\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}}`;
}

function keyed(table: LuaTable): (readonly [string, LuaValue])[] {
  const entries: (readonly [number | string, LuaValue])[] = table instanceof Map ? [...table] : Object.entries(table);
  return entries.filter(([, value]) => value !== undefined).map(([key, value]) => [`${luaKey(key)} = `, value]);
}

function luaKey(key: number | string): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) && !RESERVED.has(key) ? key : `[${luaString(key)}]`;
}

const RESERVED = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '),
);

/** UTF-8 is not escaped: Lua strings are bytes. */
function luaString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be escaped.
  return `'${text.replaceAll(/[\\'\x00-\x1f\x7f]/g, (c) => (c === '\\' || c === "'" ? `\\${c}` : `\\${c.charCodeAt(0).toString().padStart(3, '0')}`))}'`;
}
