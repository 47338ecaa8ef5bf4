// The part of a payload: a message, compressed or not, or unknown bytes.
import { isProtocolError } from '../errors.js';
import { FLAG_COMPRESSED, HEADER_BYTES } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import type { FrameRules } from './frame-rules.js';
import { messageParts } from './message-parts.js';
import { createPart, type Part, type PartDraft, type Problem } from './part.js';
import { bytesText } from './value-text.js';
import { hide, type Span, type Walk } from './walk.js';

/** @param walks receives the walk of the message, if there is one. */
export function payloadPart(b: Uint8Array, frame: number, span: Span, rules: FrameRules, walks: Walk[]): PartDraft {
  const start = frame + HEADER_BYTES;
  const type = b[frame + 5];
  const entry = rules.read.types[type];
  const table = entry?.codec.generated.table ?? rules.payloads.get(type)?.generated.table;
  const name = entry?.name ?? shortName(table) ?? `type ${type}`;
  const payload = createPart('payload', name, start, span.limit, bytesText(span.limit - start));
  payload.type = table?.name;
  rules.budget.parts--;
  if (start === span.limit) return payload;
  if (((b[frame + 6] << 8) | b[frame + 7]) & FLAG_COMPRESSED) return compressed(payload, b, table, span, rules, walks);
  if (table === undefined) return guessed(payload, b, frame, span, rules);
  const walk = walkOf(b, frame, table, rules, rules.problems);
  walks.push(walk);
  payload.parts = fields(walk, start, span);
  return payload;
}

function fields(walk: Walk, start: number, span: Span): PartDraft[] {
  return messageParts(
    walk,
    { table: walk.root, path: '', depth: 0, secret: false, fixedPath: false, isEntry: false },
    start,
    span,
  );
}

function walkOf(b: Uint8Array, base: number, root: MessageTable, rules: FrameRules, problems: Problem[]): Walk {
  const { secrets, types, budget } = rules;
  return { b, base, root, secrets, types, problems, budget, byPath: new Map(), counts: new Map() };
}

/** A compressed payload is one complete raw DEFLATE stream. */
function compressed(
  payload: PartDraft,
  b: Uint8Array,
  table: MessageTable | undefined,
  { end, limit }: Span,
  rules: FrameRules,
  walks: Walk[],
): PartDraft {
  const bytes = limit < end ? undefined : inflate(b.subarray(payload.start, limit), rules);
  payload.text = `${bytesText(limit - payload.start)}, compressed${bytes === undefined ? '' : `: inflated ${bytesText(bytes.length)}`}`;
  if (bytes === undefined || table === undefined) return hide(rules, payload, true);
  // These problems are in the lists of both the payload and the inspection.
  const problems: Problem[] = [];
  // Offsets count as if the payload had been received uncompressed, after a header.
  const walk = walkOf(bytes, -HEADER_BYTES, table, rules, problems);
  walks.push(walk);
  const parts = fields(walk, 0, { end: bytes.length, limit: bytes.length });
  rules.problems.push(...problems);
  payload.inflated = { bytes, parts, problems };
  hide(rules, payload, hasSecret(parts));
  return payload;
}

/** Undefined if that fails: the decoder reports the error. */
function inflate(bytes: Uint8Array, { read, maxFrameBytes }: FrameRules): Uint8Array | undefined {
  try {
    return read.deflate?.inflate(bytes, maxFrameBytes - HEADER_BYTES);
  } catch (error) {
    if (isProtocolError(error)) return undefined;
    throw error;
  }
}

/** The payload of an unknown type: shown by field numbers if it is a valid protobuf message. */
function guessed(payload: PartDraft, b: Uint8Array, frame: number, span: Span, rules: FrameRules): PartDraft {
  const problems: Problem[] = [];
  const parts = fields(walkOf(b, frame, { name: payload.name, fields: [] }, rules, problems), payload.start, span);
  if (problems.length > 0) return hide(rules, payload, true);
  payload.parts = parts;
  return payload;
}

function hasSecret(parts: readonly Part[]): boolean {
  return parts.some((part) => part.secret || hasSecret(part.parts));
}

function shortName(table: MessageTable | undefined): string | undefined {
  return table?.name.slice(table.name.lastIndexOf('.') + 1);
}
