// What an inspection is made of: a tree whose leaves, one behind the other, are the bytes.
import type { ProtocolError } from '../errors.js';

/**
 * What a part is:
 * - `frame`, `header` (length, version, type, flags), `payload`: of a frame;
 * - `field`, and in it `tag`, `length`, `value`: of a message; an element of a packed list is a `value`, the end of a group a `tag`;
 * - `foreign`: bytes that are no frame; `unread`: bytes inside of a frame that could not be read, or were not looked into.
 */
export type PartKind = 'frame' | 'header' | 'payload' | 'field' | 'tag' | 'length' | 'value' | 'foreign' | 'unread';

/** A value as the codecs decode it. */
export type PartValue = number | bigint | string | boolean | Uint8Array;

/** A rule that is broken, of framing, of structure, or of the schema. */
export interface Problem {
  /** The code with which a decoder refuses it. */
  readonly code: ProtocolError['code'];
  /** Of INVALID_MESSAGE and COMMAND_DATA_MISMATCH the rule of the schema: `max_bytes`. */
  readonly rule: string | undefined;
  /** The text of the error. Bytes that it names count from the first of the frame. */
  readonly message: string;
  /** Where it was found: index in the bytes of the inspection. */
  readonly offset: number;
  /** Field, by JSON names: `login.accessToken`; empty = none, or the message itself. */
  readonly path: string;
}

/** Bytes from `start` up to, but not including, `end`. */
export interface Part {
  readonly kind: PartKind;
  /** `length`, `SendInfo`, `receiverId`, `receiverIds[3]`; of a field that is not in the schema `field 99`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Of what lies in a message: its field, by JSON names. */
  readonly path: string;
  /** Type of a field or value, as in the schema: `int64`, `repeated sfixed64`, `im.protocol.v1.Content`; of one that is not in it as on the wire: `varint`. */
  readonly type: string | undefined;
  /** What was read; undefined for a part that holds others, for what could not be read, and for a secret. */
  readonly value: PartValue | undefined;
  /** The value for people, in one line of bounded length; `[redacted]` for a secret. */
  readonly text: string;
  /** The bytes hold a secret (a `sensitive` field), or may hold one: show them to nobody. */
  readonly secret: boolean;
  /** The rules that are broken here. */
  readonly problems: readonly Problem[];
  /** From `start` to `end`, without a gap; none = a leaf. */
  readonly parts: readonly Part[];
  /** Of a compressed payload: what comes out, as an inspection of its own; its `parts` are the fields. */
  readonly inflated: Inspection | undefined;
}

/** What `inspect` returns. */
export interface Inspection {
  /** What was inspected: the argument, or what was inflated. */
  readonly bytes: Uint8Array;
  /** Frames and what is none, from the first byte to the last, without a gap. */
  readonly parts: readonly Part[];
  /** All rules that are broken, in the order in which they were found: that of the bytes, of each frame the rules of the schema last. */
  readonly problems: readonly Problem[];
}

/** A part that is being made. */
export type PartDraft = { -readonly [K in keyof Part]: Part[K] } & { problems: Problem[]; parts: readonly Part[] };

/** What most parts have: they share it. */
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

/** The leaves of an inspection, in the order of their bytes: without a gap, from the first byte to the last. */
export function* leaves({ parts }: Pick<Inspection, 'parts'> | Part): Generator<Part> {
  for (const part of parts) {
    if (part.parts.length === 0) yield part;
    else yield* leaves(part);
  }
}
