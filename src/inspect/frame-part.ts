// A frame, and a frame that is cut off.
import { type ReadRules, readFrame } from '../codec/read-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { readFrameBytes } from '../frame/header.js';
import { HEADER_BYTES } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import { headerErrors, headerPartAt, headerParts } from './header-parts.js';
import { hideContents, hideDoubtful, isStructural } from './hide-contents.js';
import type { InspectType } from './inspect.js';
import { joinErrors } from './join-errors.js';
import { createPart, type PartDraft, type Problem } from './part.js';
import { payloadPart } from './payload-part.js';
import { bytesText, enumName } from './value-text.js';
import { add, type Walk } from './walk.js';

/** How the frames of an inspection are read. */
export interface FrameRules {
  readonly read: ReadRules;
  readonly maxFrameBytes: number;
  readonly secrets: boolean;
  /** What an Any may hold, by full name. */
  readonly types: ReadonlyMap<string, MessageTable>;
  /** What frames of application types hold. */
  readonly payloads: ReadonlyMap<number, InspectType>;
  readonly room: { parts: number };
  /** What was found so far; the parts of the frame add to it. */
  readonly problems: Problem[];
}

/** The frame in b[start, end), whose length field may lead behind `end`: then it is cut off. */
export function framePart(b: Uint8Array, start: number, end: number, rules: FrameRules): PartDraft {
  const frame = createPart('frame', 'frame', start, end);
  const header = headerParts(b, start, Math.min(end, start + HEADER_BYTES), rules.read);
  frame.parts = header;
  rules.room.parts -= header.length + 1;
  if (end - start < HEADER_BYTES) return named(frame, undefined, undefined);
  // What was said to be the message of an application's type is known, whatever this protocol says of the type.
  const isGiven = rules.payloads.has(b[start + 5]) && rules.read.types[b[start + 5]] === undefined;
  const before = rules.problems.length;
  const faults = headerErrors(b, start, rules.read, isGiven);
  for (const error of faults) add(rules, headerPartAt(header, error.offset), problemOf(error, start));

  const walks: Walk[] = [];
  const declared = start + readFrameBytes(b, start);
  const payload = payloadPart(b, start, { end: declared, limit: end }, rules, walks);
  frame.parts = [...header, payload];
  // The decoder has the last word: it knows the rules of the schema, and everything that the parts do not show.
  if (faults.length === 0 && declared === end && !isGiven) {
    for (const error of decoderErrors(b, start, end, rules))
      joinErrors(error, start, frame.parts as PartDraft[], walks.at(-1), rules);
  }
  const isKnown = isGiven || rules.read.types[b[start + 5]] !== undefined;
  if (!rules.secrets) {
    const problems = rules.problems.slice(before).filter(isStructural);
    if (problems.some(({ code }) => isKnown || code !== 'UNSUPPORTED_TYPE')) hideDoubtful(payload);
    else if (!isKnown) hideContents(payload);
  }
  return named(frame, payload, commandText(b[start + 5], walks.at(-1), rules.read));
}

function named(frame: PartDraft, payload: PartDraft | undefined, command: string | undefined): PartDraft {
  const size = bytesText(frame.end - frame.start);
  frame.text = [payload?.name, command, size].filter((text) => text !== undefined).join(', ');
  return frame;
}

/** `PRIVATE_MESSAGE`, where the message has a command. */
function commandText(type: number, walk: Walk | undefined, { types }: ReadRules): string | undefined {
  const number = types[type]?.command;
  const field = walk?.root.fields.find((candidate) => candidate.number === number);
  const part = field && walk?.byPath.get(field.name);
  if (typeof part?.value !== 'number') return undefined;
  return (field?.enum && enumName(field.enum(), part.value)) ?? String(part.value);
}

function decoderErrors(b: Uint8Array, start: number, end: number, { read, maxFrameBytes }: FrameRules): ProtocolError[] {
  // A frame over the limit is told by its framing; its payload is judged as if it were in order.
  const limit = Math.max(maxFrameBytes, end - start);
  try {
    readFrame(b, start, end, read, limit);
    return [];
  } catch (error) {
    if (isProtocolError(error)) return [error];
    throw error;
  }
}

/** An error of a decoder, whose offset counts from `base`, as a problem. */
export function problemOf(error: ProtocolError, base: number): Problem {
  const { code, message, offset = 0, path = '' } = error;
  return { code, rule: undefined, message, offset: base + offset, path };
}
