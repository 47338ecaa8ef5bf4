// The closed list of reasons for which the specification refuses the bytes of a message ("Decoding"). A refusal for anything else is a
// bug. `stricter` says why a peer may take what we refuse; where there is none, at least one of them must refuse as well.
import type { ProtocolError } from '../../src/errors.js';

export interface Reason {
  /** Our error's text, behind the path. */
  readonly text: RegExp;
  readonly stricter?: string;
}

export const REASONS = {
  tagTooLarge: { text: /^tag over 5 bytes or above 4294967295,/ },
  tagTruncated: { text: /^truncated tag: / },
  fieldNumberZero: { text: /^(?:tag 0|field number 0),/ },
  noSuchWireType: { text: /^wire type [67], which does not exist,/ },
  wrongWireType: {
    text: /^wrong wire type: /,
    stricter: 'protobuf skips a known field of another wire type; @bufbuild/protobuf reads it as if it were right',
  },
  varintTooLarge: {
    text: /^varint over 10 bytes or above 64 bits,/,
    stricter: 'protobuf drops the bits above the 64th',
  },
  varintTruncated: { text: /^truncated varint: / },
  valueTruncated: { text: /^truncated value: / },
  packedUneven: { text: /^packed list of \d+ bytes, expected a multiple of [48],/ },
  overParentsEnd: { text: /^length (?:\d+|above 4294967295), but its parent ends after \d+ bytes,/ },
  groupNotOpen: { text: /^end of group \d+, which is not open,/ },
  groupUnended: { text: /^group \d+ does not end,/ },
  invalidUtf8: { text: /^invalid UTF-8,/ },
  tooDeep: { text: /^nested deeper than 100,/ },
  tooManyItems: { text: /^got \d+ elements, limit \d+,/, stricter: 'the limits of lists are rules of our schema' },
} satisfies Record<string, Reason>;

export type ReasonName = keyof typeof REASONS;

/** The reason that an error of a message named `type` gives; undefined = none on the list. */
export function reasonOf({ code, path, message }: ProtocolError, type: string): ReasonName | undefined {
  const name = type.slice(type.lastIndexOf('.') + 1);
  // A path may hold anything, as the key of a map: what stands behind it is the reason.
  const text = message.slice(`[${code}] ${name}${path === '' ? '' : `.${path}`}: `.length);
  const names = Object.keys(REASONS) as ReasonName[];
  return names.find((reason) => REASONS[reason].text.test(text));
}
