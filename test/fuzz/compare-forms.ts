// Compares forms of the codecs: values, bytes and JSON, and errors with code, offset, path, limits and text.
import { inspect, isDeepStrictEqual } from 'node:util';
import type { AnyCodec, Form } from './form.js';
import { outcome } from './outcome.js';

const HEADER_BYTES = 8;

/** How the bytes of a message are read by other forms than by the first; undefined = no difference. */
export function differenceInBytes(typeName: string, bytes: Uint8Array, forms: readonly Form[]): string | undefined {
  return firstDifference(forms, (form) => readBytes(form, typeName, bytes));
}

/** Likewise, how a value is checked and written. It may be of any type. */
export function differenceInValue(typeName: string, value: object, forms: readonly Form[]): string | undefined {
  return firstDifference(forms, (form) => writeValue(form, typeName, value));
}

type Results = Readonly<Record<string, unknown>>;

function firstDifference([expected, ...others]: readonly Form[], run: (form: Form) => Results): string | undefined {
  const all = run(expected);
  for (const form of others) {
    const got = run(form);
    for (const [name, result] of Object.entries(all)) {
      if (!isDeepStrictEqual(got[name], result))
        return `${name} of ${form.name}: ${shown(got[name])}, of ${expected.name}: ${shown(result)}`;
    }
  }
  return undefined;
}

const shown = (result: unknown): string => inspect(result, { depth: 6, breakLength: Number.POSITIVE_INFINITY });

function codecOf({ codecs, name }: Form, typeName: string): AnyCodec {
  const codec = codecs.get(typeName);
  if (codec === undefined) throw new Error(`${name}: no message ${typeName}`);
  return codec;
}

function readBytes(form: Form, typeName: string, bytes: Uint8Array): Results {
  const codec = codecOf(form, typeName);
  const { table } = codec.generated;
  const decoded = outcome(() => codec.decode(bytes));
  const frame = frameResults(form, typeName, bytes);
  if (!('returned' in decoded)) return { decoded, ...frame };
  const message = decoded.returned;
  const json = outcome(() => form.toJson(table, message as Record<string, unknown>, { unknownFields: true }));
  return {
    decoded,
    check: codec.generated.check(message),
    encoded: outcome(() => codec.encode(message)),
    json,
    fromJson: 'returned' in json && outcome(() => form.fromJson(table, json.returned as never)),
    ...frame,
  };
}

/** The same bytes as the payload of a frame, which checks the rules as well, and only those that the reader has not covered. */
function frameResults({ registry, decodeFrame, encodeFrame }: Form, typeName: string, payload: Uint8Array): Results {
  const entry = Object.values(registry.frames).find(({ codec }) => codec.generated.table.name === typeName);
  if (entry === undefined) return {};
  const version = entry.handshake ? 0 : 1 + (payload.length % registry.version);
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  new DataView(frame.buffer).setUint32(0, 4 + payload.length);
  frame.set([version, entry.type], 4);
  frame.set(payload, HEADER_BYTES);
  const read = outcome(() => decodeFrame(frame));
  if (!('returned' in read)) return { frame: read };
  const { message } = read.returned;
  return { frame: read, written: outcome(() => encodeFrame(entry.name, message, { version })) };
}

function writeValue(form: Form, typeName: string, value: object): Results {
  const codec = codecOf(form, typeName);
  const marksBefore = codec.newerMarks();
  // Estimates may differ, but not what they refuse.
  const estimate = outcome(() => void codec.generated.estimate(value));
  const isMarkedAsNewer = codec.newerMarks() !== marksBefore;
  const encoded = outcome(() => codec.encode(value));
  const entry = Object.values(form.registry.frames).find((each) => each.codec.generated.table.name === typeName);
  return {
    estimate,
    encoded,
    // What is refused is never sent.
    isMarkedAsNewer: 'returned' in encoded && isMarkedAsNewer,
    check: outcome(() => codec.check(value)),
    created: outcome(() => codec.create(value)),
    ...(entry && {
      frame: outcome(() => form.encodeFrame(entry.name, value)),
      frameOfVersion1: outcome(() => form.encodeFrame(entry.name, value, { version: entry.handshake ? 0 : 1 })),
    }),
  };
}
