// The part of a frame.
import { type ReadRules, readFrame } from '../codec/read-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { readFrameBytes } from '../frame/header.js';
import { HEADER_BYTES } from '../limits.js';
import { lastOf } from '../wire/older-engines.js';
import type { FrameRules } from './frame-rules.js';
import { headerErrors, headerPartAt, headerParts } from './header-parts.js';
import { hideContents, hideInvalid, isStructural } from './hide-contents.js';
import { joinErrors } from './join-errors.js';
import { createPart, type PartDraft, problemOf } from './part.js';
import { payloadPart } from './payload-part.js';
import { bytesText, enumName } from './value-text.js';
import { addProblemTo, type Walk } from './walk.js';

/** The frame in b[start, end). It is cut off if its length field exceeds `end`. */
export function framePart(b: Uint8Array, start: number, end: number, rules: FrameRules): PartDraft {
  const frame = createPart('frame', 'frame', start, end);
  const header = headerParts(b, start, Math.min(end, start + HEADER_BYTES), rules.read);
  frame.parts = header;
  rules.budget.parts -= header.length + 1;
  if (end - start < HEADER_BYTES) return named(frame, undefined, undefined);
  // An application type with a given message is known, although the registry does not have it.
  const isGiven = rules.payloads.has(b[start + 5]) && rules.read.types[b[start + 5]] === undefined;
  const before = rules.problems.length;
  const faults = headerErrors(b, start, rules.read, isGiven);
  for (const error of faults) addProblemTo(rules, headerPartAt(header, error.offset), problemOf(error, start));

  const walks: Walk[] = [];
  const declared = start + readFrameBytes(b, start);
  const payload = payloadPart(b, start, { end: declared, limit: end }, rules, walks);
  frame.parts = [...header, payload];
  // The decoder finds the remaining errors: it checks the rules of the schema.
  if (faults.length === 0 && declared === end && !isGiven) {
    for (const error of decoderErrors(b, start, end, rules))
      joinErrors(error, start, frame.parts as PartDraft[], lastOf(walks), rules);
  }
  const isKnown = isGiven || rules.read.types[b[start + 5]] !== undefined;
  if (!rules.secrets) {
    const problems = rules.problems.slice(before).filter(isStructural);
    if (problems.some(({ code }) => isKnown || code !== 'UNSUPPORTED_TYPE')) hideInvalid(payload);
    else if (!isKnown) hideContents(payload);
  }
  return named(frame, payload, commandText(b[start + 5], lastOf(walks), rules.read));
}

function named(frame: PartDraft, payload: PartDraft | undefined, command: string | undefined): PartDraft {
  const size = bytesText(frame.end - frame.start);
  frame.text = [payload?.name, command, size].filter((text) => text !== undefined).join(', ');
  return frame;
}

/** `PRIVATE_MESSAGE`, if the message has a command. */
function commandText(type: number, walk: Walk | undefined, { types }: ReadRules): string | undefined {
  const number = types[type]?.command;
  const field = walk?.root.fields.find((candidate) => candidate.number === number);
  const part = field && walk?.byPath.get(field.name);
  if (typeof part?.value !== 'number') return undefined;
  return (field?.enum && enumName(field.enum(), part.value)) ?? String(part.value);
}

function decoderErrors(b: Uint8Array, start: number, end: number, { read, maxFrameBytes }: FrameRules): ProtocolError[] {
  // The size limit is reported as a framing error; the payload is checked nevertheless.
  const limit = Math.max(maxFrameBytes, end - start);
  try {
    readFrame(b, start, end, read, limit);
    return [];
  } catch (error) {
    if (isProtocolError(error)) return [error];
    throw error;
  }
}
