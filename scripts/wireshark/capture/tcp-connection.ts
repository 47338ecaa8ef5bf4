// Writes a TCP connection to a capture: IPv4 without options and checksums, everything acknowledged at once.
import type { Pcap } from './pcap.js';

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;
/** Maximum bytes of a segment: an IP packet has at most 65,535 bytes. */
const MAX_SEGMENT = 60_000;
const CLIENT_PORT = 50_000;

/** Who sends: the client `up`, the server `down`. */
export type Direction = 'up' | 'down';

export interface ConnectionOptions {
  /** Determines the address of the client: 0 to 65,535. */
  readonly index: number;
  readonly serverPort: number;
}

export class TcpConnection {
  private readonly sent = { up: 0, down: 0 };
  constructor(
    private readonly pcap: Pcap,
    private readonly options: ConnectionOptions,
  ) {
    this.packet('up', SYN);
    this.sent.up = 1;
    this.packet('down', SYN | ACK);
    this.sent.down = 1;
    this.packet('up', ACK);
  }

  /** Sends bytes in as few segments as possible. */
  send(direction: Direction, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MAX_SEGMENT) {
      const part = bytes.subarray(at, at + MAX_SEGMENT);
      this.packet(direction, PSH | ACK, part);
      this.sent[direction] += part.length;
    }
  }

  /** Sends bytes that are only partly captured. */
  sendCut(direction: Direction, bytes: Uint8Array, captured: number): void {
    this.packet(direction, PSH | ACK, bytes, captured);
    this.sent[direction] += bytes.length;
  }

  /** Sends bytes that are not captured. */
  lose(direction: Direction, bytes: number): void {
    this.sent[direction] += bytes;
  }

  /** Sends a segment at a position in the stream, in any order. */
  sendAt(direction: Direction, position: number, bytes: Uint8Array, flag?: 'FIN' | 'RST'): void {
    const before = this.sent[direction];
    this.sent[direction] = 1 + position;
    this.packet(direction, ACK | (flag === 'FIN' ? FIN : flag === 'RST' ? RST : PSH), bytes);
    this.sent[direction] = Math.max(before, 1 + position + bytes.length);
  }

  /** Closes the connection. @param direction the side that closes first. */
  end(direction: Direction): void {
    const other = direction === 'up' ? 'down' : 'up';
    this.packet(direction, FIN | ACK);
    this.sent[direction]++;
    this.packet(other, FIN | ACK);
    this.sent[other]++;
    this.packet(direction, ACK);
  }

  private packet(direction: Direction, flags: number, payload: Uint8Array = new Uint8Array(), captured = payload.length): void {
    const isUp = direction === 'up';
    const headers = Buffer.alloc(40);
    headers[0] = 0x45;
    headers.writeUInt16BE(headers.length + payload.length, 2);
    headers[8] = 64;
    headers[9] = 6;
    const { index, serverPort } = this.options;
    const client = [10, 1, index >> 8, index & 0xff];
    const server = [10, 0, 0, 1];
    headers.set(isUp ? [...client, ...server] : [...server, ...client], 12);
    headers.writeUInt16BE(isUp ? CLIENT_PORT : serverPort, 20);
    headers.writeUInt16BE(isUp ? serverPort : CLIENT_PORT, 22);
    headers.writeUInt32BE(this.sent[direction], 24);
    headers.writeUInt32BE((flags & ACK) === 0 ? 0 : this.sent[isUp ? 'down' : 'up'], 28);
    headers[32] = 0x50;
    headers[33] = flags;
    headers.writeUInt16BE(0xffff, 34);
    this.pcap.add(Buffer.concat([headers, payload]), headers.length + captured);
  }
}
