// The header of the PROXY protocol, versions 1 and 2: https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt
//
//   PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n          version 1: text, at most 107 bytes
//
//   0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a  21  11  00 0c  ...  version 2: signature, version and command, family, length, addresses, TLVs
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { ProtocolError } from '../errors.js';
import { plainAddress } from './addresses.js';

/** A header that was read. */
export interface ProxyHeader {
  /** The address of the client; undefined if the header has none: the proxy itself is the peer, for example in a health check. */
  readonly source: string | undefined;
  /** Size of the header in bytes. */
  readonly length: number;
}

/** "a 108-byte buffer is always enough to store all the line and a trailing zero" */
const V1_MAX_BYTES = 107;
const V1_START = Buffer.from('PROXY ', 'latin1');
const V2_SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V2_FIXED_BYTES = 16;
/** Longest header of version 2 that is accepted, in bytes. Addresses have at most 216, TLVs of known proxies some hundred. */
export const PROXY_HEADER_MAX_BYTES = 4096;

const V2_LOCAL = 0;
const V2_PROXY = 1;
/** Bytes of addresses and ports by address family: AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX. */
const V2_ADDRESS_BYTES: readonly number[] = [0, 12, 36, 216];
/** UNSPEC, STREAM, DGRAM. */
const V2_TRANSPORTS = 3;
const V2_TCP4 = 0x11;
const V2_TCP6 = 0x21;

/**
 * Reads the header at the start of a connection.
 * @param bytes the bytes so far.
 * @returns undefined if it is not complete yet.
 * @throws ProtocolError FOREIGN_PROTOCOL for anything else; FRAME_TOO_LARGE for a header of more than 4096 bytes.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (startsLike(bytes, V2_SIGNATURE)) return bytes.length < V2_FIXED_BYTES ? undefined : readVersion2(bytes);
  if (startsLike(bytes, V1_START)) return readVersion1(bytes);
  throw foreign('no PROXY header', 0);
}

/** Whether the bytes begin with the expected ones, as far as they have arrived. */
function startsLike(bytes: Buffer, expected: Buffer): boolean {
  const length = Math.min(bytes.length, expected.length);
  return bytes.subarray(0, length).equals(expected.subarray(0, length));
}

function readVersion1(bytes: Buffer): ProxyHeader | undefined {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n');
  if (end < 0) {
    if (bytes.length < V1_MAX_BYTES) return undefined;
    throw foreign(`no end of the PROXY line within ${V1_MAX_BYTES} bytes`, V1_MAX_BYTES);
  }
  const length = end + 2;
  const words = bytes.toString('latin1', 0, end).split(' ');
  // "the receiver must ignore anything presented before the CRLF"
  if (words[1] === 'UNKNOWN') return { source: undefined, length };
  const [, protocol, source, destination, ...ports] = words;
  const isAddress = protocol === 'TCP4' ? isIPv4 : protocol === 'TCP6' ? isPlainIPv6 : undefined;
  if (isAddress === undefined) throw foreign('expected TCP4, TCP6 or UNKNOWN in the PROXY line', V1_START.length);
  const isValid = isAddress(source ?? '') && isAddress(destination ?? '') && ports.length === 2 && ports.every(isPort);
  if (!isValid) throw foreign(`invalid addresses or ports in the PROXY line of ${protocol}`, V1_START.length);
  return { source: plainAddress(source), length };
}

function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

/** "in the range [0..65535] inclusive. The leading zeroes must not be used" */
function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 0xffff;
}

function readVersion2(bytes: Buffer): ProxyHeader | undefined {
  const [versionAndCommand, family] = bytes.subarray(V2_SIGNATURE.length);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2) throw foreign(`version ${versionAndCommand >> 4} of the PROXY protocol, expected 2`, 12);
  if (command !== V2_LOCAL && command !== V2_PROXY) throw foreign(`unknown command ${command} of the PROXY protocol`, 12);
  const addressBytes = V2_ADDRESS_BYTES[family >> 4];
  if (addressBytes === undefined || (family & 0x0f) >= V2_TRANSPORTS)
    throw foreign(`unknown family ${family} of the PROXY protocol`, 13);
  const size = bytes.readUInt16BE(14);
  const length = V2_FIXED_BYTES + size;
  if (length > PROXY_HEADER_MAX_BYTES) {
    const text = `a PROXY header of ${length} bytes, limit ${PROXY_HEADER_MAX_BYTES}`;
    throw new ProtocolError('FRAME_TOO_LARGE', text, { offset: 14, limit: PROXY_HEADER_MAX_BYTES, actual: length });
  }
  if (command === V2_PROXY && size < addressBytes)
    throw foreign(`${size} bytes for addresses in the PROXY header, expected ${addressBytes}`, 14);
  if (bytes.length < length) return undefined;
  // "the receiver [...] must use the real connection endpoints and discard the protocol block"
  if (command === V2_LOCAL) return { source: undefined, length };
  return { source: sourceOf(family, bytes.subarray(V2_FIXED_BYTES)), length };
}

function sourceOf(family: number, addresses: Buffer): string | undefined {
  if (family === V2_TCP4) return addresses.subarray(0, 4).join('.');
  if (family !== V2_TCP6) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => addresses.readUInt16BE(2 * i).toString(16));
  return plainAddress(new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address);
}

function foreign(text: string, offset: number): ProtocolError {
  return new ProtocolError('FOREIGN_PROTOCOL', text, { offset });
}
