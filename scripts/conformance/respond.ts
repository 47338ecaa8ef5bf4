// Answers a test of the suite: converts a message from one format to another.
import { messageFromJson, messageToJson, parseJson } from '../../src/json/index.js';
import type { JsonType } from '../../src/json/json-options.js';

/** conformance.ConformanceRequest, as its codec decodes it. */
export interface ConformanceRequest {
  readonly payload: { readonly $case: 'protobufPayload'; readonly value: Uint8Array } | TextPayload | undefined;
  readonly requestedOutputFormat: number;
  readonly messageType: string;
  readonly testCategory: number;
}

interface TextPayload {
  readonly $case: 'jsonPayload' | 'jspbPayload' | 'textPayload';
  readonly value: string;
}

/** What a test gave: the response, and the error behind it. */
export interface Answer {
  readonly result: Result;
  readonly error?: unknown;
}

/** The result of a conformance.ConformanceResponse. */
export type Result =
  | { $case: 'protobufPayload'; value: Uint8Array }
  | { $case: 'jsonPayload' | 'parseError' | 'serializeError' | 'skipped'; value: string };

/** The tests that a run answers: `binary` to binary, or those with `json`. Others are skipped. */
export type Format = 'binary' | 'json';

/** The codecs of all messages, by full name. */
export type Types = ReadonlyMap<string, JsonType>;

/** conformance.WireFormat. */
const PROTOBUF = 1;
const JSON_TEXT = 2;
/** conformance.TestCategory. */
const JSON_IGNORE_UNKNOWN_PARSING_TEST = 3;

/** Answers a request. Only messages in `types` are tested. */
export function respond(request: ConformanceRequest, format: Format, types: Types): Answer {
  const { payload, requestedOutputFormat, messageType } = request;
  // "The conformance runner will request a list of failures as the first request": an empty message, which says that there are none.
  if (messageType === 'conformance.FailureSet') return { result: { $case: 'protobufPayload', value: new Uint8Array(0) } };
  const type = types.get(messageType);
  if (type === undefined || formatOf(payload?.$case, requestedOutputFormat) !== format) {
    return { result: { $case: 'skipped', value: `${messageType}, or a format that this run is not about` } };
  }
  let message: object;
  try {
    message = parse(request, type, types);
  } catch (error) {
    return { result: { $case: 'parseError', value: String(error) }, error };
  }
  try {
    return { result: serialize(message, requestedOutputFormat, type, types) };
  } catch (error) {
    return { result: { $case: 'serializeError', value: String(error) }, error };
  }
}

/** The run of a test, by its input and output format. */
function formatOf(payload: string | undefined, output: number): Format | undefined {
  const fromBinary = payload === 'protobufPayload';
  if (fromBinary && output === PROTOBUF) return 'binary';
  const isJson = (fromBinary && output === JSON_TEXT) || (payload === 'jsonPayload' && [PROTOBUF, JSON_TEXT].includes(output));
  return isJson ? 'json' : undefined;
}

function parse({ payload, testCategory }: ConformanceRequest, type: JsonType, types: Types): object {
  if (payload?.$case === 'protobufPayload') return type.decode(payload.value);
  const options = { types: [...types.values()], ignoreUnknown: testCategory === JSON_IGNORE_UNKNOWN_PARSING_TEST };
  return messageFromJson(type.generated.table, parseJson(payload?.value ?? ''), options);
}

function serialize(message: object, output: number, type: JsonType, types: Types): Result {
  if (output === PROTOBUF) return { $case: 'protobufPayload', value: type.encode(message) };
  const json = messageToJson(type.generated.table, message, { types: [...types.values()] });
  return { $case: 'jsonPayload', value: JSON.stringify(json) };
}
