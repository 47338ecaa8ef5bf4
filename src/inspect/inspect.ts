// The function `inspect`.
import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { frameTypes } from '../codec/frame.js';
import type { Deflate } from '../frame/deflate.js';
import { DEFAULT_MAX_FRAME_BYTES } from '../limits.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import { lastOf } from '../wire/older-engines.js';
import { isBytes } from '../wire/scalar.js';
import { framePart } from './frame-part.js';
import type { FrameRules, InspectType } from './frame-rules.js';
import { createPart, type Inspection, type Part, type PartDraft, type Problem, problemOf } from './part.js';
import { type Region, type RegionRules, regionAt } from './region.js';
import { bytesText } from './value-text.js';
import { addProblemTo, hide } from './walk.js';

/** Options of `inspect`. */
export interface InspectOptions {
  /** Show sensitive fields (tokens, device and session ids), and values that may be secret because their meaning is unknown. Default false. */
  readonly secrets?: boolean | undefined;
  /** Inflates compressed payloads. Default: none; they are reported as NOT_NEGOTIATED. */
  readonly deflate?: Deflate | undefined;
  /** The negotiated version. Default: any from 1 to the newest of this release. */
  readonly version?: number | undefined;
  /** Maximum frame size in bytes: 8 to 16777219. Default 1048576. A larger frame is reported, and shown if it is complete. */
  readonly maxFrameBytes?: number | undefined;
  /** Codecs of messages in an Any. Default: none; an Any is opaque. */
  readonly types?: readonly InspectType[] | undefined;
  /** Messages of application frame types, by type number. Default: none; they are shown by field numbers. */
  readonly payloads?: ReadonlyMap<number, InspectType> | undefined;
  /** Position of the bytes in their stream, for the messages of framing errors. Default 0. */
  readonly offset?: number | undefined;
  /** Maximum parts; the rest of the bytes becomes one part that is not inspected. Default 300000, about 60 MB. */
  readonly maxParts?: number | undefined;
}

const DEFAULT_MAX_PARTS = 300_000;

/**
 * Explains each byte: returns a tree of parts with the byte range, name, type and value of each header field and of each tag, length and value
 * of a message, and the rules that are broken there. It never throws for invalid bytes: it continues after an error, searches for the next
 * frame, and marks what it could not read. The concatenated leaves of the tree are the input.
 *
 * Secrets are redacted by default; so are texts and bytes of uncertain meaning: in frames of unknown types, in invalid frames, in unknown
 * fields, in an Any of an unknown type, and in bytes that are not a frame. Time is linear in the bytes; memory is bounded by `maxParts`.
 * @param bytes one or more frames, complete or cut off at the end. Not changed; the result holds views of it.
 * @param registry the messages of another protocol; default: this one.
 * @throws TypeError if `bytes` is not a Uint8Array.
 */
export function inspect<M extends MessageMap = FrameMessages>(
  bytes: Uint8Array,
  options: InspectOptions = {},
  registry?: Registry<M>,
): Inspection {
  if (!isBytes(bytes)) throw new TypeError('inspect: expected a Uint8Array');
  const problems: Problem[] = [];
  const rules = frameRules(options, (registry ?? REGISTRY) as Registry<MessageMap>, problems);
  const cuts: RegionRules = { ...rules.read, maxFrameBytes: rules.maxFrameBytes };
  const { offset = 0 } = options;
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; at = lastOf(parts)!.end) {
    if (rules.budget.parts <= 0) {
      parts.push(
        createPart('unread', 'unread', at, bytes.length, `${bytesText(bytes.length - at)}: not inspected: too many parts`),
      );
    } else parts.push(regionPart(bytes, at, regionAt(bytes, at, cuts, offset + at), rules, offset));
  }
  return { bytes, parts, problems };
}

const SHOWN_FOREIGN_BYTES = 3;

/** The part of a region. */
function regionPart(bytes: Uint8Array, at: number, { kind, end, error }: Region, rules: FrameRules, offset: number): PartDraft {
  const isForeign = kind === 'foreign';
  const part = isForeign
    ? createPart('foreign', 'foreign', at, end, `${bytesText(end - at)}: not a frame`)
    : createPart('frame', '', at, end);
  if (error !== undefined) addProblemTo(rules, part, problemOf(error, -offset));
  if (isForeign) {
    rules.budget.parts--;
    // They may belong to a frame with a damaged length. A few bytes reveal nothing and show another protocol: "GET".
    return hide(rules, part, end - at > SHOWN_FOREIGN_BYTES);
  }
  const frame = framePart(bytes, at, end, rules);
  // Framing errors come first.
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
    budget: { parts: maxParts },
    problems,
  };
}
