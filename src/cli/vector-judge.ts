// Whether an answer is what the vector says.

import { isDeepStrictEqual } from 'node:util';
import { decodeFrame } from '../codec/decode-frame.js';
import { isProtocolError } from '../errors.js';
import { frameToJSON } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/json-options.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import type { VectorRequest } from './vector-requests.js';

interface Judgement {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What differs; why it was skipped; why it was let pass. */
  readonly text?: string;
}

const PASSED: Judgement = { outcome: 'passed' };

export class Judge {
  constructor(private readonly leniency: Leniency) {}

  judge(request: VectorRequest, answer: JsonObject): Judgement {
    if (answer.skip !== undefined) return { outcome: 'skipped', text: String(answer.skip) };
    for (const [key, wanted] of Object.entries(request.expected)) {
      const accepted = this.#whyAccepted(request, key, wanted, answer);
      if (accepted !== undefined) return { outcome: 'passed', text: accepted };
      const got = answer[key];
      if (got === undefined) return failed(`expected ${shown({ [key]: wanted })}, got ${shown(answer)}`);
      const judgement = this.#compare(request, key, wanted, got);
      if (judgement !== PASSED) return judgement;
    }
    return PASSED;
  }

  /** A frame or a Welcome where a refusal is wanted. */
  #whyAccepted({ stricterThanProtobuf }: VectorRequest, key: string, wanted: JsonValue, answer: JsonObject): string | undefined {
    if (key === 'error' && answer.frame !== undefined)
      return whyAccepted(wanted as JsonObject, stricterThanProtobuf, this.leniency);
    const isOfHello = key === 'reject' && (wanted as JsonObject).code === 'ERROR_CODE_MALFORMED_HELLO';
    return isOfHello ? whyAccepted({ code: 'INVALID_MESSAGE' }, false, this.leniency) : undefined;
  }

  #compare(request: VectorRequest, key: string, wanted: JsonValue, got: JsonValue): Judgement {
    if (key === 'outcomes') return this.#compareOutcomes(request, wanted as JsonObject[], got);
    if (key === 'hex' && this.leniency.protobuf) return compareMeaning(request.value!, String(got));
    return this.#agrees(key, wanted, got) ? PASSED : failed(`expected ${key} ${shown(wanted)}, got ${shown(got)}`);
  }

  #agrees(key: string, wanted: JsonValue, got: JsonValue): boolean {
    switch (key) {
      case 'error':
        return isError(wanted as JsonObject, got);
      // "Of a Reject only the fields that are given"; an agreement may say more.
      case 'reject':
      case 'agreement':
        return isSubset(wanted as JsonObject, got);
      case 'frame':
        return this.#isFrame(wanted, got);
      default:
        return isDeepStrictEqual(wanted, got);
    }
  }

  #isFrame(wanted: JsonValue, got: JsonValue): boolean {
    const { protobuf } = this.leniency;
    return protobuf ? isDeepStrictEqual(withoutUnknown(wanted), withoutUnknown(got)) : isDeepStrictEqual(wanted, got);
  }

  #compareOutcomes(request: VectorRequest, wanted: readonly JsonObject[], got: JsonValue): Judgement {
    const accepted: string[] = [];
    const agree = (expected: JsonObject, outcome: JsonValue): boolean => {
      const [[kind, one]] = Object.entries(expected);
      const found = isObject(outcome) ? outcome[kind] : undefined;
      if (found !== undefined) return kind === 'frame' ? this.#isFrame(one, found) : isError(one as JsonObject, found);
      if (kind !== 'invalid' || !isObject(outcome) || outcome.frame === undefined) return false;
      const why = whyAccepted(one as JsonObject, request.stricterThanProtobuf, this.leniency);
      if (why !== undefined) accepted.push(why);
      return why !== undefined;
    };
    const areSame = Array.isArray(got) && got.length === wanted.length && wanted.every((one, i) => agree(one, got[i]));
    if (!areSame) return failed(`expected outcomes ${shown([...wanted])}, got ${shown(got)}`);
    return accepted.length === 0 ? PASSED : { outcome: 'passed', text: accepted[0] };
  }
}

function failed(text: string): Judgement {
  return { outcome: 'failed', text };
}

/** Whether bytes mean the frame: writers of protobuf may order fields as they like. */
function compareMeaning(frame: JsonObject, hex: string): Judgement {
  let got: JsonValue;
  try {
    const decoded = decodeFrame(Buffer.from(hex, 'hex'), { limits: { maxFrameBytes: LARGEST_FRAME_BYTES } });
    got = frameToJSON(decoded, { unknownFields: true });
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return failed(`expected bytes of ${shown(frame)}, got ${shown(hex)}: ${error.message}`);
  }
  return isDeepStrictEqual(frame, got) ? PASSED : failed(`expected bytes of ${shown(frame)}, got those of ${shown(got)}`);
}

/** "An implementation that tells less passes, one that tells something else does not." */
function isError(expected: JsonObject, got: JsonValue): boolean {
  if (!isObject(got) || got.code !== expected.code) return false;
  return Object.entries(expected).every(([key, wanted]) => {
    const found = got[key];
    if (found === undefined || found === null) return true;
    return key === 'issues' ? isDeepStrictEqual(issuesOf(wanted), issuesOf(found)) : isDeepStrictEqual(wanted, found);
  });
}

/** "In any order". */
function issuesOf(value: JsonValue): string[] | undefined {
  if (!Array.isArray(value) || !value.every(isObject)) return undefined;
  return value.map(({ path, rule }) => JSON.stringify([path, rule])).sort();
}

function isSubset(expected: JsonObject, got: JsonValue): boolean {
  return isObject(got) && Object.entries(expected).every(([key, wanted]) => isDeepStrictEqual(wanted, got[key]));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARS = 300;

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

// What is let pass of an implementation that does less than the vectors ask for.

interface Leniency {
  /** It checks no rules: it may accept what breaks them alone. */
  readonly noRules: boolean;
  /**
   * It stands on a protobuf library: it may accept what protobuf takes, its bytes need the right meaning alone, and its JSON has no
   * `$unknown`.
   */
  readonly protobuf: boolean;
}

/** "Everything else with the code INVALID_MESSAGE or COMMAND_DATA_MISMATCH is accepted by a decoder whose validation is off." */
const OF_RULES: ReadonlySet<JsonValue> = new Set(['INVALID_MESSAGE', 'COMMAND_DATA_MISMATCH']);

/** Why the implementation may accept what is to be refused with this error; undefined = it may not. */
function whyAccepted(error: JsonObject, isStricter: boolean, leniency: Leniency): string | undefined {
  if (leniency.noRules && OF_RULES.has(error.code)) return 'accepted: rules are not checked';
  if (leniency.protobuf && isStricter) return 'accepted: the protocol is stricter than protobuf';
  return undefined;
}

/** The frame as JSON of protobuf libraries has it. */
function withoutUnknown(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([key]) => key !== '$unknown');
  return Object.fromEntries(known.map(([key, item]) => [key, withoutUnknown(item)]));
}
