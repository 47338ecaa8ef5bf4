import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { frameTypes } from '../codec/frame.js';
import type { Deflate } from '../frame/deflate.js';
import { DEFAULT_MAX_FRAME_BYTES } from '../limits.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import { isBytes } from '../wire/scalar.js';
import type { MessageTable } from '../wire/table.js';
import { type Cut, type CutRules, cutAt } from './cut.js';
import { type FrameRules, framePart, problemOf } from './frame-part.js';
import { createPart, type Inspection, type Part, type PartDraft, type Problem } from './part.js';
import { bytesText } from './value-text.js';
import { add, hide } from './walk.js';

/**
 * Says which bytes say what: a tree of parts with, for each field of a header and each tag, length and value of a message, its range of
 * bytes, its name, type and value, and the rules that are broken there. It never throws for bytes: it goes on after an error, looks for
 * the next frame behind what is none, and marks what it could not read. The leaves of the tree, one behind the other, are the bytes.
 *
 * Secrets are left out, unless asked for; and so are texts and bytes where it is not certain what they are: in frames of unknown types and
 * in those that are broken, in unknown fields, in an Any whose type is not given, and in bytes that are no frame. The work is linear in the bytes, and the memory bounded by `maxParts`.
 * @param bytes one or more frames, whole or cut off at the end; of a WebSocket, a queue, a log or a capture. Not changed; the result holds
 * views of it.
 * @param registry the messages of another protocol; default: this one.
 */
export function inspect<M extends MessageMap = FrameMessages>(
  bytes: Uint8Array,
  options: InspectOptions = {},
  registry?: Registry<M>,
): Inspection {
  if (!isBytes(bytes)) throw new TypeError('inspect takes a Uint8Array');
  const problems: Problem[] = [];
  const rules = frameRules(options, (registry ?? REGISTRY) as Registry<MessageMap>, problems);
  const cuts: CutRules = { ...rules.read, maxFrameBytes: rules.maxFrameBytes };
  const { offset = 0 } = options;
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; at = parts.at(-1)!.end) {
    if (rules.room.parts <= 0) {
      parts.push(
        createPart('unread', 'unread', at, bytes.length, `${bytesText(bytes.length - at)}: not looked into: too many parts`),
      );
    } else parts.push(pieceOf(bytes, at, cutAt(bytes, at, cuts, offset + at), rules, offset));
  }
  return { bytes, parts, problems };
}

const SHOWN_FOREIGN_BYTES = 3;

/** The part for a piece of the bytes. */
function pieceOf(bytes: Uint8Array, at: number, { kind, end, error }: Cut, rules: FrameRules, offset: number): PartDraft {
  const isForeign = kind === 'foreign';
  const part = isForeign
    ? createPart('foreign', 'foreign', at, end, `${bytesText(end - at)}: no frame`)
    : createPart('frame', '', at, end);
  if (error !== undefined) add(rules, part, problemOf(error, -offset));
  if (isForeign) {
    rules.room.parts--;
    // They may be the rest of a frame whose length is damaged. A few bytes give nothing away, and show what else it is: "GET".
    return hide(rules, part, end - at > SHOWN_FOREIGN_BYTES);
  }
  const frame = framePart(bytes, at, end, rules);
  // What is wrong with its framing comes first.
  frame.problems = part.problems;
  return frame;
}

function frameRules(options: InspectOptions, registry: Registry<MessageMap>, problems: Problem[]): FrameRules {
  const { secrets = false, deflate, version, types = [], payloads = new Map(), maxParts = DEFAULT_MAX_PARTS } = options;
  return {
    read: { types: frameTypes(registry), newest: registry.version, version, validate: true, deflate },
    maxFrameBytes: options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES,
    secrets,
    types: new Map(types.map(({ generated: { table } }) => [table.name, table])),
    payloads,
    room: { parts: maxParts },
    problems,
  };
}

/** A message type that may be packed in an Any: any generated codec is one. */
export interface InspectType {
  readonly generated: { readonly table: MessageTable };
}

/** Options of `inspect`. */
export interface InspectOptions {
  /** Show what is in sensitive fields (tokens, device and session ids), and what may be secret because nobody knows what it is. Default false. */
  readonly secrets?: boolean | undefined;
  /** Inflates compressed payloads. Default: they are NOT_NEGOTIATED, as for a decoder. */
  readonly deflate?: Deflate | undefined;
  /** The version that was agreed on. Default: any from 1 to the newest that this release knows. */
  readonly version?: number | undefined;
  /** The largest frame, in bytes: 8 to 16777219. Default 1048576. A larger one is told, and shown where all of it is there. */
  readonly maxFrameBytes?: number | undefined;
  /** The codecs of messages that an Any may hold. Default none: every Any is opaque. */
  readonly types?: readonly InspectType[] | undefined;
  /** The messages of frames of application types, by the number of the type. Default none: they are shown by field numbers. */
  readonly payloads?: ReadonlyMap<number, InspectType> | undefined;
  /** Position of the bytes in their stream, from which texts about framing count. Default 0. */
  readonly offset?: number | undefined;
  /** The most parts that are made; what is left then is one part, not looked into. Default 300000, some 60 MB. */
  readonly maxParts?: number | undefined;
}

const DEFAULT_MAX_PARTS = 300_000;
