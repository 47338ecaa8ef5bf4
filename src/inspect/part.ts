// The result of an inspection: a tree whose concatenated leaves are the input.
import type { ProtocolError } from '../errors.js';

/**
 * The kind of a part:
 * - of a frame: `frame`, `header` (length, version, type, flags), `payload`;
 * - of a message: `field` with `tag`, `length`, `value`; an element of a packed list is a `value`, an end-group tag is a `tag`;
 * - `foreign`: bytes that are not a frame; `unread`: bytes of a frame that could not be read, or were not inspected.
 */
export type PartKind = 'frame' | 'header' | 'payload' | 'field' | 'tag' | 'length' | 'value' | 'foreign' | 'unread';

/** A value as the codecs decode it. */
export type PartValue = number | bigint | string | boolean | Uint8Array;

/** A broken rule of framing, structure, or schema. */
export interface Problem {
  /** The error code of a decoder. */
  readonly code: ProtocolError['code'];
  /** For INVALID_MESSAGE and COMMAND_DATA_MISMATCH the rule of the schema: `max_bytes`. */
  readonly rule: string | undefined;
  /** The error message. Its byte positions count from the start of the frame. */
  readonly message: string;
  /** Index in the bytes of the inspection. */
  readonly offset: number;
  /** The field by JSON names: `login.accessToken`; empty = none, or the message itself. */
  readonly path: string;
}

/** The bytes [start, end) and their meaning. */
export interface Part {
  /** The kind of the part. */
  readonly kind: PartKind;
  /** `length`, `SendInfo`, `receiverId`, `receiverIds[3]`; for unknown fields `field 99`. */
  readonly name: string;
  /** Index of the first byte. */
  readonly start: number;
  /** Index after the last byte. */
  readonly end: number;
  /** The path of the field by JSON names; empty outside of messages. */
  readonly path: string;
  /** Type of a field or value in the schema: `int64`, `repeated sfixed64`, `im.protocol.v1.Content`; for unknown fields the wire type: `varint`. */
  readonly type: string | undefined;
  /** The value; undefined for parts with sub-parts, unread parts, and secrets. */
  readonly value: PartValue | undefined;
  /** The value as text, in one line of bounded length; `[redacted]` for a secret. */
  readonly text: string;
  /** The bytes are, or may be, a secret: do not show them. */
  readonly secret: boolean;
  /** The problems of this part. */
  readonly problems: readonly Problem[];
  /** Sub-parts from `start` to `end`, without gaps; empty = a leaf. */
  readonly parts: readonly Part[];
  /** For a compressed payload: the inspection of the inflated bytes; its `parts` are the fields. */
  readonly inflated: Inspection | undefined;
}

/** The result of `inspect`. */
export interface Inspection {
  /** The inspected bytes: the argument, or the inflated payload. */
  readonly bytes: Uint8Array;
  /** Frames and other bytes, from the first byte to the last, without gaps. */
  readonly parts: readonly Part[];
  /** All problems in the order of the bytes; broken rules of the schema come last in each frame. */
  readonly problems: readonly Problem[];
}

/** A part under construction. */
export type PartDraft = { -readonly [K in keyof Part]: Part[K] } & { problems: Problem[]; parts: readonly Part[] };

/** Shared by most parts. */
const NO_PARTS: readonly Part[] = Object.freeze([]);
const NO_PROBLEMS = Object.freeze([]) as unknown as Problem[];

export function createPart(kind: PartKind, name: string, start: number, end: number, text = ''): PartDraft {
  return {
    kind,
    name,
    start,
    end,
    path: '',
    type: undefined,
    value: undefined,
    text,
    secret: false,
    problems: NO_PROBLEMS,
    parts: NO_PARTS,
    inflated: undefined,
  };
}

export function addProblem(part: PartDraft, problem: Problem): void {
  if (part.problems === NO_PROBLEMS) part.problems = [problem];
  else part.problems.push(problem);
}

/** The leaves of an inspection in byte order, without gaps. */
export function* leaves({ parts }: Pick<Inspection, 'parts'> | Part): Generator<Part> {
  for (const part of parts) {
    if (part.parts.length === 0) yield part;
    else yield* leaves(part);
  }
}

/** A decoder error as a problem. @param base position from which the offset of the error counts. */
export function problemOf(error: ProtocolError, base: number): Problem {
  const { code, message, offset = 0, path = '' } = error;
  return { code, rule: undefined, message, offset: base + offset, path };
}
