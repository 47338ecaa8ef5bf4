// Compares the answer of an implementation with the expected one.
import { isDeepStrictEqual } from 'node:util';
import { decodeFrame } from '../../codec/decode-frame.js';
import { isProtocolError } from '../../errors.js';
import { frameToJSON } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/json-options.js';
import { LARGEST_FRAME_BYTES } from '../../limits.js';
import type { VectorRequest } from './requests.js';

/** Deviations that are accepted of an implementation. */
export interface Leniency {
  /** It does not check rules: it may accept input that only breaks rules. */
  readonly noRules: boolean;
  /**
   * It is based on a protobuf library: it may accept what protobuf accepts, its bytes only need the same meaning, and its JSON has no
   * `$unknown`.
   */
  readonly protobuf: boolean;
}

interface CheckResult {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What differs, why it was skipped, or why a deviation was accepted. */
  readonly text?: string;
}

const PASSED: CheckResult = { outcome: 'passed' };

export class AnswerChecker {
  constructor(private readonly leniency: Leniency) {}

  check(request: VectorRequest, answer: JsonObject): CheckResult {
    if (answer.skip !== undefined) return { outcome: 'skipped', text: String(answer.skip) };
    for (const [key, expected] of Object.entries(request.expected)) {
      const accepted = this.#whyAccepted(request, key, expected, answer);
      if (accepted !== undefined) return { outcome: 'passed', text: accepted };
      const got = answer[key];
      if (got === undefined) return failed(`expected ${shown({ [key]: expected })}, got ${shown(answer)}`);
      const result = this.#compare(request, key, expected, got);
      if (result !== PASSED) return result;
    }
    return PASSED;
  }

  /** Why a frame or Welcome is accepted although an error or Reject is expected; undefined = it is not. */
  #whyAccepted(
    { stricterThanProtobuf }: VectorRequest,
    key: string,
    expected: JsonValue,
    answer: JsonObject,
  ): string | undefined {
    if (key === 'error' && answer.frame !== undefined)
      return whyAccepted(expected as JsonObject, stricterThanProtobuf, this.leniency);
    const isOfHello = key === 'reject' && (expected as JsonObject).code === 'ERROR_CODE_MALFORMED_HELLO';
    return isOfHello ? whyAccepted({ code: 'INVALID_MESSAGE' }, false, this.leniency) : undefined;
  }

  #compare(request: VectorRequest, key: string, expected: JsonValue, got: JsonValue): CheckResult {
    if (key === 'outcomes') return this.#compareOutcomes(request, expected as JsonObject[], got);
    if (key === 'hex' && this.leniency.protobuf) return compareDecoded(request.value!, String(got));
    return this.#agrees(key, expected, got) ? PASSED : failed(`expected ${key} ${shown(expected)}, got ${shown(got)}`);
  }

  #agrees(key: string, expected: JsonValue, got: JsonValue): boolean {
    switch (key) {
      case 'error':
        return isError(expected as JsonObject, got);
      // Only the given fields of a Reject are compared; an agreement may have more.
      case 'reject':
      case 'agreement':
        return isSubset(expected as JsonObject, got);
      case 'frame':
        return this.#isFrame(expected, got);
      default:
        return isDeepStrictEqual(expected, got);
    }
  }

  #isFrame(expected: JsonValue, got: JsonValue): boolean {
    const { protobuf } = this.leniency;
    return protobuf ? isDeepStrictEqual(withoutUnknown(expected), withoutUnknown(got)) : isDeepStrictEqual(expected, got);
  }

  #compareOutcomes(request: VectorRequest, expected: readonly JsonObject[], got: JsonValue): CheckResult {
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
    const areSame = Array.isArray(got) && got.length === expected.length && expected.every((one, i) => agree(one, got[i]));
    if (!areSame) return failed(`expected outcomes ${shown([...expected])}, got ${shown(got)}`);
    return accepted.length === 0 ? PASSED : { outcome: 'passed', text: accepted[0] };
  }
}

function failed(text: string): CheckResult {
  return { outcome: 'failed', text };
}

/** Compares what the bytes decode to: protobuf writers may order fields differently. */
function compareDecoded(frame: JsonObject, hex: string): CheckResult {
  let got: JsonValue;
  try {
    const decoded = decodeFrame(Buffer.from(hex, 'hex'), { limits: { maxFrameBytes: LARGEST_FRAME_BYTES } });
    got = frameToJSON(decoded, { unknownFields: true });
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return failed(`expected bytes of ${shown(frame)}, got ${shown(hex)}: ${error.message}`);
  }
  return isDeepStrictEqual(frame, got) ? PASSED : failed(`expected bytes of ${shown(frame)}, got bytes of ${shown(got)}`);
}

/** An error may have fewer properties than expected, but no different ones. */
function isError(expected: JsonObject, got: JsonValue): boolean {
  if (!isObject(got) || got.code !== expected.code) return false;
  return Object.entries(expected).every(([key, expected]) => {
    const found = got[key];
    if (found === undefined || found === null) return true;
    return key === 'issues' ? isDeepStrictEqual(issuesOf(expected), issuesOf(found)) : isDeepStrictEqual(expected, found);
  });
}

/** Issues are compared in any order. */
function issuesOf(value: JsonValue): string[] | undefined {
  if (!Array.isArray(value) || !value.every(isObject)) return undefined;
  return value.map(({ path, rule }) => JSON.stringify([path, rule])).sort();
}

function isSubset(expected: JsonObject, got: JsonValue): boolean {
  return isObject(got) && Object.entries(expected).every(([key, expected]) => isDeepStrictEqual(expected, got[key]));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARS = 300;

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** Error codes of rules of the schema: a decoder without validation accepts these frames. */
const OF_RULES: ReadonlySet<JsonValue> = new Set(['INVALID_MESSAGE', 'COMMAND_DATA_MISMATCH']);

/** Why the implementation may accept input for which this error is expected; undefined = it may not. */
function whyAccepted(error: JsonObject, isStricter: boolean, leniency: Leniency): string | undefined {
  if (leniency.noRules && OF_RULES.has(error.code)) return 'accepted: rules are not checked';
  if (leniency.protobuf && isStricter) return 'accepted: the protocol is stricter than protobuf';
  return undefined;
}

/** The frame without `$unknown`, which JSON of protobuf libraries does not have. */
function withoutUnknown(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([key]) => key !== '$unknown');
  return Object.fromEntries(known.map(([key, item]) => [key, withoutUnknown(item)]));
}
