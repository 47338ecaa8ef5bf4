// What the package makes of the test vectors where this runs.
import {
  answerHello,
  checkReject,
  checkWelcome,
  decodeFrame,
  encodeFrame,
  FrameDecoder,
  LARGEST_FRAME_BYTES,
} from '@im/protocol';
import { frameFromJSON, frameToJSON, fromJSON, toJSON } from '@im/protocol/json';
import { createDeflate } from '@im/protocol/pako';
import type { FrameReport, NegotiationReport } from '../../browser/realm-apis.js';
import type { Figures, Outcome } from '../../vectors/expected.js';
import type { Vector } from '../../vectors/vector.js';
import { fromHex, toHex } from './hex.js';
import { told } from './told.js';

type Settings = NonNullable<Parameters<typeof decodeFrame>[1]>;
type Frame = ReturnType<typeof decodeFrame>;

export function readFrame(vector: Vector): FrameReport {
  try {
    const frame =
      vector.decode === 'single' || vector.frame ? decodeFrame(fromHex(vector.hex), settingsOf(vector)) : first(vector);
    const json = frameToJSON(frame, { unknownFields: true });
    return { frame: json, ...otherBytes(vector, frame, json) };
  } catch (error) {
    return { error: told(error) };
  }
}

/** Where a vector says how its frame is encoded: the bytes that came out instead. Most are long, and right: those stay here. */
function otherBytes({ hex, canonical, reencoded }: Vector, frame: Frame, json: object): Omit<FrameReport, 'frame'> {
  const expected = fromHex(reencoded ?? (canonical && hex));
  const otherThanExpected = (bytes: Uint8Array): string | undefined => (isEqual(bytes, expected) ? undefined : toHex(bytes));
  return {
    ...((canonical || reencoded) && { encodedOtherwise: otherThanExpected(encode(frame)) }),
    ...(canonical && { madeOtherwise: otherThanExpected(encode(frameFromJSON(json) as Frame)) }),
  };
}

/** The only frame of a stream; where the framing is broken, the decoder throws. */
function first(vector: Vector): Frame {
  const decoder = new FrameDecoder(settingsOf(vector));
  const [frame] = decoder.push(fromHex(vector.hex));
  if (frame?.type === 'invalid') throw frame.error;
  decoder.end();
  return frame;
}

export function readStream(vector: Vector, pieceBytes: number): Outcome<Figures>[] {
  const decoder = new FrameDecoder(settingsOf(vector));
  const bytes = fromHex(vector.hex);
  const outcomes: Outcome<Figures>[] = [];
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      for (const frame of decoder.push(bytes.subarray(at, at + pieceBytes))) {
        outcomes.push(
          frame.type === 'invalid' ? { invalid: told(frame.error) } : { frame: frameToJSON(frame, { unknownFields: true }) },
        );
      }
    }
    decoder.end();
  } catch (error) {
    outcomes.push({ break: told(error) });
  }
  return outcomes;
}

export function judge({ negotiate, check }: Vector): NegotiationReport {
  if (negotiate) {
    const { serverTimeMs, ...server } = negotiate.server;
    const { welcome, reject } = answerHello(fromJSON('Hello', negotiate.hello), {
      ...server,
      serverTimeMs: BigInt(serverTimeMs as string),
    });
    return welcome ? { welcome: toJSON('Welcome', welcome) } : { reject: toJSON('Reject', reject) };
  }
  const { hello, welcome, reject, subprotocol } = check!;
  const offered = fromJSON('Hello', hello);
  try {
    if (reject) throw checkReject(offered, fromJSON('Reject', reject));
    return { agreement: checkWelcome(offered, fromJSON('Welcome', welcome), { subprotocol }) };
  } catch (error) {
    return { error: told(error) };
  }
}

export function settingsOf({ settings }: Vector): Settings {
  return {
    limits: settings?.maxFrameBytes === undefined ? undefined : { maxFrameBytes: settings.maxFrameBytes },
    version: settings?.version,
    deflate: settings?.features?.includes('deflate') ? createDeflate() : undefined,
  };
}

function encode({ type, version, flags, message }: Frame): Uint8Array {
  return encodeFrame(type, message, { version, flags, maxFrameBytes: LARGEST_FRAME_BYTES });
}

/** A loop, because some engines that run this are slow. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
