// A vector as it stands in a file: the bytes by @bufbuild/protobuf, and the JSON by the conventions of vectors/README.md.
import { type DescField, toBinary } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMap, ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { Vector } from '../../test/vectors/vector.js';
import { schema, settings } from './values.js';

export interface Header {
  readonly version?: number;
  readonly flags?: number;
  /** Undefined = that of the message. */
  readonly type?: number;
}

type Hex = NonNullable<Vector['hex']>;

/** The largest frame without a setting. */
const DEFAULT_MAX = Number(schema.constants.get('DEFAULT_MAX_FRAME_BYTES')![0]);
const LARGEST = 16_777_219;

/** A frame that is accepted. */
export function accepted(name: string, message: ReflectMessage, header: Header = {}, canonical = true): Vector {
  const { version = 2, flags = 0 } = header;
  const frame = { version, type: message.desc.name, flags, message: toJson(message) };
  return { name, ...bytesOf(message, header), frame, ...(canonical && { canonical: true }) } as Vector;
}

/** A frame that is refused. */
export function refused(name: string, message: ReflectMessage, error: object, header: Header = {}): Vector {
  return { name, ...bytesOf(message, header), error } as Vector;
}

function bytesOf(message: ReflectMessage, { version = 2, flags = 0, type }: Header): Pick<Vector, 'hex' | 'settings'> {
  const payload = toBinary(message.desc, message.message);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(4 + payload.length);
  header[4] = version;
  header[5] = type ?? settings.message(message.desc)!.frameType;
  header.writeUInt16BE(flags, 6);
  const hex = [header.toString('hex'), ...partsOf(Buffer.from(payload).toString('hex'))];
  const large = 8 + payload.length > DEFAULT_MAX;
  return { hex: hex as Hex, ...(large && { settings: { maxFrameBytes: LARGEST } }) };
}

/** Runs of at least this many equal bytes or characters are written as a repetition. */
const RUN = 40;

/** Hex with long runs written as repetitions: of one byte, of the three bytes of a character, of an element of a list. */
function partsOf(hex: string): (string | { repeat: string; times: number })[] {
  const parts: (string | { repeat: string; times: number })[] = [];
  let plain = '';
  for (let at = 0; at < hex.length; ) {
    const run = runAt(hex, at);
    if (run === undefined) {
      plain += hex.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push(run);
    at += run.repeat.length * run.times;
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

function runAt(hex: string, at: number): { repeat: string; times: number } | undefined {
  for (let size = 2; size <= 64; size += 2) {
    const repeat = hex.slice(at, at + size);
    if (repeat.length < size || hex.slice(at + size, at + 2 * size) !== repeat) continue;
    let times = 2;
    while (hex.startsWith(repeat, at + size * times)) times++;
    if (size * times >= 2 * RUN) return { repeat, times };
  }
  return undefined;
}

export function toJson(message: ReflectMessage): object {
  if (message.desc.typeName === 'google.protobuf.Any') {
    const [type, value] = message.desc.fields.map((field) => message.get(field));
    return { '@type': type, value: Buffer.from(value as Uint8Array).toString('base64') };
  }
  const set = message.sortedFields.filter((field) => message.isSet(field) && !isDefault(field, message));
  const unknown = (message.getUnknown() ?? []).map(({ no, wireType, data }) => Buffer.concat([tagOf(no, wireType), data]));
  return {
    ...Object.fromEntries(set.map((field) => [field.jsonName, jsonOf(field, message.get(field))])),
    ...(unknown.length > 0 && { $unknown: Buffer.concat(unknown).toString('base64') }),
  };
}

/** An enum or scalar without presence that was set to its default. */
function isDefault(field: DescField, message: ReflectMessage): boolean {
  return field.oneof === undefined && [0, 0n, '', false].includes(message.get(field) as number);
}

function tagOf(no: number, wireType: number): Buffer {
  const bytes: number[] = [];
  let tag = no * 8 + wireType;
  for (; tag > 127; tag = Math.floor(tag / 128)) bytes.push((tag & 127) | 128);
  return Buffer.from([...bytes, tag]);
}

function jsonOf(field: DescField, value: unknown): unknown {
  if (field.fieldKind === 'message') return toJson(value as ReflectMessage);
  if (field.fieldKind === 'map')
    return Object.fromEntries([...(value as ReflectMap)].map(([key, item]) => [key, scalarJson(item)]));
  if (field.fieldKind === 'list')
    return [...(value as ReflectList)].map((item) =>
      field.listKind === 'message'
        ? toJson(item as ReflectMessage)
        : field.listKind === 'enum'
          ? enumJson(field, item)
          : scalarJson(item),
    );
  return field.fieldKind === 'enum' ? enumJson(field, value) : scalarJson(value);
}

function enumJson({ enum: desc }: DescField, value: unknown): unknown {
  return desc!.value[value as number]?.name ?? value;
}

function scalarJson(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Uint8Array) return scalarJson(Buffer.from(value).toString('base64'));
  if (typeof value !== 'string' || value.length < RUN) return value;
  // Zeros in base64 are a run with a tail.
  const [first] = value;
  const run = value.slice(0, value.length - (/=?=$/.exec(value)?.[0].length ?? 0));
  const tail = value.slice(run.length);
  const { length } = [...run];
  return first.repeat(length) === run ? { $repeat: [first, length, ...(tail === '' ? [] : [tail])] } : value;
}
