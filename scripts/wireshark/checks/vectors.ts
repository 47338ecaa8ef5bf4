// Checks all vectors, each on its own connection with a handshake for its settings.
import { isDeepStrictEqual } from 'node:util';
import {
  bytesOf,
  type ExpectedError,
  expand,
  FRAME_FILES,
  VERSION_2_FRAME_FILES,
  type Vector,
  vectorsOf,
} from '../../../test/vectors/load.js';
import type { Result } from '../../report.js';
import { hello, welcome } from '../capture/handshake.js';
import { Pcap } from '../capture/pcap.js';
import { TcpConnection } from '../capture/tcp-connection.js';
import { openWebSocket, sendMessage } from '../capture/websocket.js';
import { dissect } from '../dissected/dissect.js';
import type { Dissected, DissectedError } from '../dissected/frames.js';

/** A way to send the bytes of a vector. */
interface Way {
  readonly name: string;
  readonly accepts: (bytes: Uint8Array) => boolean;
  readonly send: (tcp: TcpConnection, bytes: Uint8Array) => void;
  readonly isWebSocket: boolean;
}

const SERVER_PORT = 9000;
/** The byte of a frame that is its version. */
const VERSION_AT = 4;
/** Maximum size for one segment per byte. */
const MAX_BYTE_BY_BYTE = 300;

const WAYS: readonly Way[] = [
  { name: 'TCP', isWebSocket: false, accepts: () => true, send: (tcp, bytes) => tcp.send('down', bytes) },
  {
    name: 'TCP, byte by byte',
    isWebSocket: false,
    accepts: (bytes) => bytes.length <= MAX_BYTE_BY_BYTE,
    send: (tcp, bytes) => {
      for (const byte of bytes) tcp.send('down', Uint8Array.of(byte));
    },
  },
  { name: 'WebSocket', isWebSocket: true, accepts: () => true, send: (tcp, bytes) => sendMessage(tcp, 'down', bytes) },
  {
    name: 'WebSocket, in fragments',
    isWebSocket: true,
    accepts: (bytes) => bytes.length > 2,
    send: (tcp, bytes) => sendMessage(tcp, 'down', bytes, 3),
  },
];

interface Sent {
  readonly vector: Vector;
  /** Numbers of the packets with its bytes, and with the end of the stream. */
  readonly first: number;
  readonly last: number;
}

export async function checkVectors(): Promise<Result[]> {
  const all = [...FRAME_FILES, ...VERSION_2_FRAME_FILES, 'streams'].flatMap(vectorsOf);
  // Without vectors for which only a single-frame decoder has this outcome.
  const vectors = all.filter(({ hex, decode }) => hex !== undefined && decode !== 'single');
  const results: Result[] = [];
  for (const way of WAYS)
    results.push(
      await checkWay(
        way,
        vectors.filter(({ hex }) => way.accepts(bytesOf(hex))),
      ),
    );
  return results;
}

async function checkWay(way: Way, vectors: readonly Vector[]): Promise<Result> {
  const pcap = new Pcap();
  const sent = vectors.map((vector, index) => sendVector(pcap, way, vector, index));
  const packets = await dissect(pcap.bytes(), '-o', 'im.secrets:TRUE');
  const failed: string[] = [];
  for (const { vector, first, last } of sent) {
    const found = Array.from({ length: last - first + 1 }, (_, i) => packets.get(first + i) ?? []).flat();
    const fault = faultOf(vector, found);
    if (fault !== undefined) failed.push(`${vector.name}: ${fault}`);
  }
  return { subject: way.name, check: 'vectors', passed: vectors.length - failed.length, failed };
}

function sendVector(pcap: Pcap, way: Way, vector: Vector, index: number): Sent {
  const bytes = bytesOf(vector.hex);
  // Without a version of the connection, a vector applies to that of its frame.
  const settings = { version: bytes[VERSION_AT] === 2 ? 2 : 1, ...vector.settings };
  const tcp = new TcpConnection(pcap, { index, serverPort: SERVER_PORT });
  const send = way.isWebSocket ? (d: 'up' | 'down', b: Uint8Array) => sendMessage(tcp, d, b) : tcp.send.bind(tcp);
  if (way.isWebSocket) openWebSocket(tcp, 'im.v1');
  send('up', hello(settings));
  send('down', welcome(settings));
  const first = pcap.packets + 1;
  way.send(tcp, bytes);
  tcp.end('down');
  return { vector, first, last: pcap.packets };
}

/** The first difference from a vector; undefined = none. */
function faultOf(vector: Vector, found: readonly Dissected[]): string | undefined {
  const expected = vector.outcomes ?? [vector.frame ? { frame: vector.frame } : { break: vector.error as ExpectedError }];
  // Bytes after a break are shown, but are no outcome.
  const outcomes = found.filter(({ frame, errors }) => frame !== undefined || errors.length > 0);
  if (outcomes.length !== expected.length) return `${expected.length} outcomes expected, found ${show(found)}`;
  let start = 0;
  for (const [i, outcome] of expected.entries()) {
    const fault =
      'frame' in outcome
        ? frameFault(outcome.frame, outcomes[i])
        : errorFault('break' in outcome ? outcome.break : outcome.invalid, outcomes[i], start);
    if (fault !== undefined) return fault;
    start += outcomes[i].size;
  }
  return undefined;
}

function frameFault(expected: object, { frame, errors }: Dissected): string | undefined {
  if (errors.length > 0) return `accepted, but found ${show(errors)}`;
  const wanted = expand(expected);
  return isDeepStrictEqual(frame, wanted) ? undefined : `expected ${show(wanted)}, found ${show(frame)}`;
}

/** @param start position of the frame in the stream: offsets of framing errors count from the start of the stream. */
function errorFault(expected: ExpectedError, { errors }: Dissected, start: number): string | undefined {
  const { code, offset, path, issues } = expected;
  const wanted = issues?.map((issue) => ({ code, ...issue })) ?? [
    { code, ...(offset !== undefined && { offset: offset - start }), ...(path !== undefined && { path }) },
  ];
  const sorted = (list: readonly object[]): string[] => [...new Set(list.map((one) => JSON.stringify(one)))].sort();
  const found = sorted(errors.map((error) => comparable(error, expected)));
  return isDeepStrictEqual(found, sorted(wanted)) ? undefined : `expected ${show(wanted)}, found ${show(errors)}`;
}

/** The properties of an error that the vector has. */
function comparable({ code, offset, path, rule }: DissectedError, expected: ExpectedError): object {
  if (expected.issues) return { code, path, rule };
  return { code, ...(expected.offset !== undefined && { offset }), ...(expected.path !== undefined && { path }) };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
