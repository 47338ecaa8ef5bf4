// Values of options in the text format of protobuf (https://protobuf.dev/reference/protobuf/textformat-spec/), as they are in .proto files.

/** A value of an option. A list is a repeated field. */
export type TextValue = string | number | bigint | boolean | Identifier | Bytes | TextMessage | readonly TextValue[];

/** A message: values by the name of the field, `[pkg.name]` for an extension. A field that is undefined is left out. */
export interface TextMessage {
  readonly [field: string]: TextValue | undefined;
}

/** A name without quotes: of an enum value, `inf`, `nan`. */
export class Identifier {
  constructor(readonly name: string) {}
}

export class Bytes {
  constructor(readonly bytes: Uint8Array) {}
}

/** Longer strings are written in parts, one per line. */
const MAX_PART = 120;

/** A value, indented by `indent` from its second line on. */
export function formatValue(value: TextValue, indent: string): string {
  if (typeof value === 'string') return formatString(value, indent);
  if (value instanceof Identifier) return value.name;
  if (value instanceof Bytes) return `"${[...value.bytes].map(escapedByte).join('')}"`;
  if (isList(value)) return formatList(value, indent);
  if (typeof value === 'object') return formatMessage(value, indent);
  return Object.is(value, -0) ? '-0.0' : String(value);
}

export function isList(value: TextValue): value is readonly TextValue[] {
  return Array.isArray(value);
}

/** The fields that are set. */
export function entriesOf(message: TextMessage): [name: string, value: TextValue][] {
  return Object.entries(message).filter((entry): entry is [string, TextValue] => entry[1] !== undefined);
}

function formatMessage(message: TextMessage, indent: string): string {
  const entries = entriesOf(message);
  if (entries.length === 0) return '{}';
  const inner = `${indent}  `;
  const lines = entries.map(([name, value]) => `${name}: ${formatValue(value, inner)}`.replace(': \n', ':\n'));
  if (lines.length === 1 && !/[{\n]/.test(lines[0].replace(/"(?:\\.|[^"])*"/g, ''))) return `{${lines[0]}}`;
  return `{\n${lines.map((line) => inner + line).join('\n')}\n${indent}}`;
}

function formatList(list: readonly TextValue[], indent: string): string {
  if (list.length === 1) return formatValue(list[0], indent);
  const inner = `${indent}  `;
  return `[\n${list.map((value) => inner + formatValue(value, inner)).join(',\n')}\n${indent}]`;
}

function formatString(text: string, indent: string): string {
  if (text.length <= MAX_PART) return quoted(text);
  const inner = `${indent}  `;
  return partsOf(text)
    .map((part) => `\n${inner}${quoted(part)}`)
    .join('');
}

/** Parts of a text that end after a space where there is one. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const word of text.split(/(?<= )/)) {
    if (part !== '' && part.length + word.length > MAX_PART) {
      parts.push(part);
      part = '';
    }
    part += word;
  }
  return [...parts, part];
}

/** A string literal. What cannot be seen is escaped, so that a reader sees it. */
export function quoted(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
  return `"${escaped.replace(/[\p{C}\p{Z}]/gu, escapedCharacter)}"`;
}

function escapedCharacter(char: string): string {
  if (char === ' ') return char;
  const point = char.codePointAt(0) as number;
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
}

/** Three octal digits: a hexadecimal escape has no fixed length. */
function escapedByte(byte: number): string {
  const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
}
