import { ProtocolError } from '../errors.js';
import { quoted } from '../wire/quoted.js';

/** The polynomial 0x04C11DB7 with its bits reversed. */
const POLYNOMIAL = 0xedb88320;

/**
 * The digest of a command in Hello.command_digests: CRC-32 (ISO-HDLC, as zlib's crc32 and java.util.zip.CRC32) of its name without
 * the enum's prefix, in ASCII. `commandDigest('PRIVATE_MESSAGE')` is 0xDDDFDA6E.
 *
 * @param name printable ASCII without spaces, not empty.
 * @returns 0 to 4294967295.
 * @throws ProtocolError INVALID_MESSAGE for any other name: two sides could encode it differently.
 */
export function commandDigest(name: string): number {
  if (!isCommandName(name))
    throw new ProtocolError('INVALID_MESSAGE', `name of a command: got ${quoted(name)}, must be printable ASCII without spaces`);
  let crc = 0xffffffff;
  for (let i = 0; i < name.length; i++) crc = withByte(crc, name.charCodeAt(i));
  return ~crc >>> 0;
}

/** True for what `commandDigest` takes. */
export function isCommandName(name: string): boolean {
  return /^[!-~]+$/.test(name);
}

function withByte(crc: number, byte: number): number {
  crc ^= byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  return crc;
}
