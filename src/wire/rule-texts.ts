// The texts of issues: what was got, and what the rule asks for. No text shows a string.
import { byteLength, firstRepeated } from './rules.js';

/** `got 5, at least 16384 or 0` */
export function gotNumber(value: number | bigint, wanted: string): string {
  return `got ${value}, ${wanted}`;
}

/** `got 8193 bytes, limit 8192` */
export function gotBytes(value: string | Uint8Array, wanted: string): string {
  return gotCount(typeof value === 'string' ? byteLength(value) : value.length, 'byte', wanted);
}

/** `got 17 items, limit 16` */
export function gotItems(list: readonly unknown[], wanted: string): string {
  return gotCount(list.length, 'item', wanted);
}

/** `got 121 entries, limit 120` */
export function gotEntries(map: ReadonlyMap<unknown, unknown>, wanted: string): string {
  return `got ${map.size} ${map.size === 1 ? 'entry' : 'entries'}, ${wanted}`;
}

/** `got 16385 bytes in tag and keys together, limit 16384` */
export function gotTotal(bytes: number, fields: string, limit: number): string {
  return `got ${bytes} bytes in ${fields} together, limit ${limit}`;
}

function gotCount(count: number, unit: string, wanted: string): string {
  return `got ${count} ${unit}${count === 1 ? '' : 's'}, ${wanted}`;
}

/** `character 3 is not in [!-~]`, counted from 0 in UTF-16 code units. */
export function gotCharacter(text: string, refused: RegExp, wanted: string): string {
  return `character ${text.search(refused)} is ${wanted}`;
}

/** `item 3 is the same as item 0` */
export function gotTwice(list: readonly unknown[]): string {
  const at = firstRepeated(list);
  return `item ${at} is the same as item ${list.indexOf(list[at])}`;
}

/** `got sequence and replyTo, at most one is allowed` */
export function gotFields(fields: Readonly<Record<string, boolean>>, wanted: string): string {
  const set = Object.keys(fields).filter((name) => fields[name]);
  return `got ${set.length === 0 ? 'none' : set.join(' and ')}, ${wanted}`;
}
