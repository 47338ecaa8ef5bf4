// The way of a message in the system: every conversion is followed by encoding and decoding, which carried JSON must survive.
import { decodeFrame, encodeFrame } from '../../src/index.js';
import { parseJson } from '../../src/json/index.js';
import {
  type DecodeLegacyOptions,
  decodeLegacy,
  type EncodeLegacyOptions,
  encodeLegacyAll,
  type LegacyFrame,
  type LegacyProfile,
} from '../../src/legacy/index.js';

/** The frame of a text, as the next service has it. */
export function toNew(text: string, profile: LegacyProfile, options?: DecodeLegacyOptions): LegacyFrame {
  const { message } = decodeLegacy(text, profile, options);
  return decodeFrame(encodeFrame('SendInfo', message)) as LegacyFrame;
}

/** The JSON of the texts of a frame, with exact integers. */
export function toOld(
  frame: { type: string; message: object },
  profile: LegacyProfile,
  options?: EncodeLegacyOptions,
): unknown[] {
  return encodeLegacyAll(frame, profile, options).map((text) => parseJson(text));
}

/** The only JSON of a message. */
export function onlyOld(message: object, profile: LegacyProfile, options?: EncodeLegacyOptions): unknown {
  const [json, ...others] = toOld({ type: 'SendInfo', message }, profile, options);
  if (json === undefined || others.length > 0) throw new Error(`expected one text, got ${others.length + 1}`);
  return json;
}
