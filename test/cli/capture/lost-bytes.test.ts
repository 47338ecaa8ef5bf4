// What is missing in a capture, and what is in it and cannot be read: all of it is counted.
import { describe, expect, it } from 'vitest';
import { HEARTBEAT } from '../cli.js';
import { decodeCapture } from './exit-code.js';
import { ipv4, pcap, type TcpOptions, tcp } from './write-capture.js';

const CLIENT = '10.0.0.1:5000';
const SERVER = '10.0.0.2:9000';
const UP = `${CLIENT} > ${SERVER}`;
/** A frame of 17 bytes. */
const hb = Buffer.from(HEARTBEAT, 'hex');
const none = Buffer.alloc(0);

/** A segment of the client. */
const up = (number: number, payload: Uint8Array, options: TcpOptions = {}): Buffer =>
  ipv4(tcp(payload, { number: number >>> 0, ...options }));
/** A segment of the server. */
const down = (number: number, payload: Uint8Array, options: TcpOptions = {}): Buffer =>
  ipv4(tcp(payload, { number: number >>> 0, from: SERVER, to: CLIENT, ...options }), { from: SERVER, to: CLIENT });
const syn = (number: number, options: TcpOptions = {}): Buffer => up(number, none, { flags: 'SYN', ...options });
const fin = (number: number): Buffer => up(number, none, { flags: 'FIN' });
const rst = (number: number, text: Uint8Array = none): Buffer => up(number, text, { flags: 'RST' });
const decode = (...packets: Buffer[]) => decodeCapture(pcap(packets, { link: 101 }));
const beats = (count: number): string[] => Array.from({ length: count }, () => `${UP} HEARTBEAT`);

const missing = (bytes: number): string => `${UP}: ${bytes} bytes missing in the capture`;

describe('bytes that are missing in a capture', () => {
  it.each([
    ['by a FIN', [syn(999), up(1000, hb), fin(1034)]],
    ['by a RST', [syn(999), up(1000, hb), rst(1034)]],
    ['by an empty segment', [syn(999), up(1000, hb), up(1034, none)]],
    ['by what the other side acknowledges', [syn(999), down(77, none), up(1000, hb), down(77, none, { ack: 1034 })]],
    ['by a FIN, though its own number is acknowledged too', [syn(999), up(1000, hb), fin(1034), up(1035, none)]],
    ['by a FIN that comes before the rest', [syn(999), fin(1034), up(1000, hb)]],
    ['by a FIN, over the end of the numbers', [syn(-11), up(-10, hb), fin(24)]],
  ])('are counted where they are shown %s', (_name, packets) => {
    expect(decode(...packets)).toEqual({ code: 3, frames: beats(1), said: [missing(17)] });
  });

  it.each([
    ['a FIN that was not captured takes a number', [syn(999), up(1000, hb), up(1018, none)]],
    ['a FIN that was not captured is acknowledged', [syn(999), down(77, none), up(1000, hb), down(77, none, { ack: 1018 })]],
    ['a probe that keeps the connection alive has the number before', [syn(999), up(1000, hb), up(1016, none), up(1017, none)]],
    ['such a probe may have a byte', [syn(999), up(999, Buffer.alloc(1)), up(1000, hb), up(1016, Buffer.alloc(1))]],
    ['what is acknowledged may be captured later', [down(77, none), down(77, none, { ack: 1017 }), syn(999), up(1000, hb)]],
    ['a FIN may come first', [syn(999), fin(1017), up(1000, hb)]],
    ['a direction may end while the other goes on', [syn(999), up(1000, hb), fin(1017), down(77, none, { ack: 1018 })]],
  ])('are not made up: %s', (_name, packets) => {
    expect(decode(...packets)).toEqual({ code: 0, frames: beats(1), said: [] });
  });
});

describe('a RST', () => {
  it.each([
    ['with another number ends nothing', [syn(999), up(1000, hb), rst(5000), up(1017, hb), rst(3), up(1034, hb)], 3],
    ['of another connection far away says nothing of missing bytes', [syn(999), up(1000, hb), rst(1000 + 2 ** 30 + 18)], 1],
    ['may have a text, which is for people', [syn(999), up(1000, hb), rst(1017, Buffer.from('gone away'))], 1],
    ['for a connection that is not in the capture says nothing', [rst(7, Buffer.from('x')), syn(999), up(1000, hb)], 1],
    ['comes again, and so does what it ended', [syn(999), up(1000, hb), rst(1017), rst(1017), up(1000, hb)], 1],
  ])('%s', (_name, packets, count) => {
    expect(decode(...packets)).toEqual({ code: 0, frames: beats(count), said: [] });
  });

  it('with the next number ends the stream: what follows is read as that of another connection', () => {
    const cut = hb.subarray(5);
    expect(decode(syn(999), up(1000, hb), rst(1017), up(1017, hb), up(1034, hb))).toEqual({
      code: 0,
      frames: beats(3),
      said: [],
    });
    expect(decode(syn(999), up(1000, hb), rst(1017), up(1017, cut), up(1029, hb))).toEqual({
      code: 0,
      frames: beats(2),
      said: [`skipped: ${UP}: 12 bytes of a stream without a beginning: before the first frame`],
    });
  });
});

describe('ports that are used again', () => {
  it.each([
    ['without a SYN, behind a FIN', [syn(999), up(1000, hb), fin(1017), up(900_000, hb), up(900_017, hb)], 3],
    ['without a SYN, with a lower number', [syn(900_000), up(900_001, hb), fin(900_018), up(1000, hb), up(1017, hb)], 3],
    ['without a SYN, and without the FIN before', [syn(900_000), up(900_001, hb), up(1000, hb), up(1017, hb)], 3],
    ['with a SYN, without the FIN before', [syn(999), up(1000, hb), syn(500), up(501, hb)], 2],
    ['with a SYN alone behind, for a start', [syn(999), up(1000, hb), syn(500), up(1017, hb)], 2],
    ['with bytes on the SYN', [syn(999), up(1000, hb), up(500, hb, { flags: 'SYN' }), up(518, hb)], 3],
    ['with bytes on the SYN, which are the last', [syn(999), up(1000, hb), up(500, hb, { flags: 'SYN' })], 2],
    ['with a SYN that comes twice', [syn(999), up(1000, hb), syn(500), syn(500), up(501, hb), syn(500)], 2],
    ['with a RST at once', [syn(999), up(1000, hb), syn(500), rst(501), syn(700), up(701, hb)], 2],
  ])('%s: all of it is read', (_name, packets, count) => {
    expect(decode(...packets)).toEqual({ code: 0, frames: beats(count), said: [] });
  });

  it('by a SYN that nobody meant: its bytes are counted', () => {
    expect(decode(syn(999), up(1000, hb), up(500_000, Buffer.alloc(9, 7), { flags: 'SYN' }), up(1017, hb))).toEqual({
      code: 0,
      frames: beats(2),
      said: [`skipped: ${UP}: 9 bytes sent with a SYN that opened no connection`],
    });
  });

  it('what comes again behind the end is no other connection, and what goes beyond it is', () => {
    expect(decode(syn(999), up(1000, hb), fin(1017), up(1005, hb.subarray(5)), fin(1017), up(1018, none))).toEqual({
      code: 0,
      frames: beats(1),
      said: [],
    });
    expect(decode(syn(999), up(1000, hb), fin(1017), up(1000, Buffer.concat([hb, hb])))).toEqual({
      code: 0,
      frames: beats(2),
      said: [],
    });
  });
});

describe('a capture that begins in the middle', () => {
  it('counts the bytes before its first segment that come later', () => {
    expect(decode(up(1034, hb), up(1000, hb), up(1017, hb), up(1051, hb))).toEqual({
      code: 0,
      frames: beats(2),
      said: [`skipped: ${UP}: 34 bytes sent before the first ones that were captured`],
    });
    // Once more, and over the beginning of what was read.
    expect(decode(up(1034, hb), up(1017, hb), up(1017, Buffer.concat([hb, hb, hb]))).said).toEqual([
      `skipped: ${UP}: 17 bytes sent before the first ones that were captured`,
    ]);
  });

  it('may have the SYN later: what lies between is missing, or not read', () => {
    expect(decode(up(1017, hb), syn(999))).toEqual({ code: 3, frames: beats(1), said: [missing(17)] });
    expect(decode(up(1017, hb), syn(999), up(1000, hb))).toEqual({
      code: 0,
      frames: beats(1),
      said: [`skipped: ${UP}: 17 bytes sent before the first ones that were captured`],
    });
    expect(decode(up(1000, hb), syn(999), up(1017, hb))).toEqual({ code: 0, frames: beats(2), said: [] });
  });

  it('may begin with an empty segment, or with a probe that keeps the connection alive', () => {
    expect(decode(up(1000, none), up(1000, hb))).toEqual({ code: 0, frames: beats(1), said: [] });
    expect(decode(up(999, none), up(1000, hb), up(1017, hb))).toEqual({ code: 0, frames: beats(2), said: [] });
    expect(decode(up(1000, none), up(1017, hb))).toEqual({ code: 3, frames: beats(1), said: [missing(17)] });
  });
});
