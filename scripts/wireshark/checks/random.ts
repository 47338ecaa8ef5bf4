// Mutates frames of the vectors at random, and checks that the dissector reports the same as this package's decoder. `SEED=n` repeats a run.
import { isDeepStrictEqual } from 'node:util';
import { decodeFrame, isProtocolError } from '../../../src/index.js';
import { frameToJSON } from '../../../src/json/index.js';
import { FLAG_COMPRESSED } from '../../../src/limits.js';
import { createDeflate } from '../../../src/node/index.js';
import { mutateBytes } from '../../../test/fuzz/mutate-bytes.js';
import { Random } from '../../../test/fuzz/random.js';
import { SEED } from '../../../test/seed.js';
import { bytesOf, FRAME_FILES, vectorsOf } from '../../../test/vectors/load.js';
import type { Result } from '../../report.js';
import { hello, welcome } from '../capture/handshake.js';
import { Pcap } from '../capture/pcap.js';
import { TcpConnection } from '../capture/tcp-connection.js';
import { openWebSocket, sendMessage } from '../capture/websocket.js';
import { dissect } from '../dissected/dissect.js';
import type { Dissected, DissectedError } from '../dissected/frames.js';

const CASES = Number(process.env.CASES ?? 3000);
const MAX_BYTES = 1000;
const HEADER_BYTES = 8;
const AGREED = { features: ['deflate'] };

export async function checkRandom(): Promise<Result[]> {
  const random = new Random(SEED);
  const vectors = FRAME_FILES.flatMap(vectorsOf).filter(({ frame, hex }) => frame && bytesOf(hex).length <= MAX_BYTES);
  const frames = vectors.map(({ hex }) => bytesOf(hex));
  const cases = Array.from({ length: CASES }, () => mutated(random.pick(frames), random, random.pick(frames)));
  const pcap = new Pcap();
  const tcp = new TcpConnection(pcap, { index: 0, serverPort: 45_678 });
  // Each in its own WebSocket message, so that broken framing does not affect the next.
  openWebSocket(tcp, 'im.v1');
  sendMessage(tcp, 'up', hello(AGREED));
  sendMessage(tcp, 'down', welcome(AGREED));
  const first = pcap.packets + 1;
  for (const bytes of cases) sendMessage(tcp, 'down', bytes);
  const packets = await dissect(pcap.bytes(), '-o', 'im.secrets:TRUE');
  const failed = cases.flatMap((bytes, i) => {
    const fault = faultOf(bytes, packets.get(first + i) ?? []);
    return fault === undefined ? [] : [`${Buffer.from(bytes).toString('hex')}: ${fault}`];
  });
  return [{ subject: 'random', check: `mutated frames, SEED=${SEED}`, passed: CASES - failed.length, failed }];
}

/** Mutates the payload of a frame, or a byte of its header; the length stays right. */
function mutated(frame: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const payload = mutateBytes(frame.subarray(HEADER_BYTES), random, other.subarray(HEADER_BYTES));
  const bytes = Buffer.concat([frame.subarray(0, HEADER_BYTES), random.oneIn(10) ? frame.subarray(HEADER_BYTES) : payload]);
  bytes.writeUInt32BE(bytes.length - 4, 0);
  if (random.oneIn(10)) bytes[4 + random.below(4)] = random.below(256);
  return bytes;
}

function faultOf(bytes: Uint8Array, found: readonly Dissected[]): string | undefined {
  if (found.length !== 1) return `${found.length} frames found`;
  const [{ frame, errors }] = found;
  const expected = outcomeOf(bytes);
  const actual = errors.length === 0 ? { frame } : { errors: errors.map(errorText).sort() };
  return isDeepStrictEqual(actual, expected)
    ? undefined
    : `expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`;
}

/** An error as text, without map keys, which tshark escapes. Rules that are broken while decoding have no offset in the decoder. */
function errorText({ code, offset, path, rule }: DissectedError): string {
  return JSON.stringify({
    code,
    offset: rule === undefined ? offset : undefined,
    path: path?.replace(/\[".*"\]/s, '["…"]'),
    rule,
  });
}

/** The outcome of the decoder, in the form of the dissector. */
function outcomeOf(bytes: Uint8Array): object {
  // The dissector reports no offsets inside an inflated payload.
  const isCompressed = (bytes[7] & FLAG_COMPRESSED) !== 0;
  try {
    const frame = decodeFrame(bytes, { version: 1, deflate: createDeflate() });
    return { frame: frameToJSON(frame, { unknownFields: true }) };
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    const { code, offset, path, issues } = error;
    const known = isCompressed && (offset ?? 0) >= HEADER_BYTES ? undefined : offset;
    const errors = issues?.map((issue) => ({ code, path: issue.path, rule: issue.rule })) ?? [{ code, offset: known, path }];
    return { errors: errors.map(errorText).sort() };
  }
}
