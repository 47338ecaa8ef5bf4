// RocketMQ's remoting protocol, for administration: the gRPC proxy has no such calls.
import { connect } from 'node:net';
import { HOST } from './ports.js';

export interface Answer {
  /** 0 = success. */
  readonly code: number;
  readonly remark?: string;
  readonly extFields?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const TIMEOUT_MS = 5_000;

/**
 * Sends a request on a new connection.
 *
 *     length, 4 bytes   of everything after it
 *     length, 4 bytes   of the header; 0 in the first byte means JSON
 *     header
 *     body
 *
 * @param code a request code of RocketMQ.
 */
export function request(
  port: number,
  code: number,
  extFields: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, HOST, () => socket.write(requestBytes(code, extFields, Buffer.from(body))));
    let received = Buffer.alloc(0);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer to request ${code} within ${TIMEOUT_MS} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed without an answer to request ${code}`)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 8 || received.length < 4 + received.readInt32BE(0)) return;
      resolve(readAnswer(received));
      socket.destroy();
    });
  });
}

function requestBytes(code: number, extFields: object, body: Buffer): Buffer {
  const fixed = { language: 'OTHER', version: 0, opaque: 1, flag: 0, serializeTypeCurrentRPC: 'JSON' };
  const header = Buffer.from(JSON.stringify({ code, ...fixed, extFields }));
  const lengths = Buffer.alloc(8);
  lengths.writeInt32BE(4 + header.length + body.length, 0);
  lengths.writeInt32BE(header.length, 4);
  return Buffer.concat([lengths, header, body]);
}

function readAnswer(bytes: Buffer): Answer {
  const bodyStart = 8 + (bytes.readInt32BE(4) & 0xff_ffff);
  const header = JSON.parse(bytes.toString('utf8', 8, bodyStart)) as Omit<Answer, 'body'>;
  return { ...header, body: bytes.subarray(bodyStart, 4 + bytes.readInt32BE(0)) };
}
