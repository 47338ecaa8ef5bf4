import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandDigest } from '../../src/negotiate/index.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

/** zlib's own CRC-32: the first four of the last eight bytes of a gzip file (RFC 1952), little-endian. */
function crcByZlib(text: string): number {
  const file = gzipSync(Buffer.from(text, 'latin1'));
  return file.readUInt32LE(file.length - 8);
}

describe('commandDigest', () => {
  it('is the CRC-32 of the published names', () => {
    expect(commandDigest('LOGIN')).toBe(0x5d5c09a0);
    expect(commandDigest('HEARTBEAT')).toBe(0x4ebff336);
    expect(commandDigest('FORCE_LOGOUT')).toBe(0x7bd3963c);
    expect(commandDigest('PRIVATE_MESSAGE')).toBe(0xdddfda6e);
    expect(commandDigest('GROUP_MESSAGE')).toBe(0xef8704c0);
    expect(commandDigest('SYSTEM_MESSAGE')).toBe(0x48905487);
    expect(commandDigest('SEND_RESULT')).toBe(0xce02ecc7);
    expect(commandDigest('ERROR')).toBe(0xaa897ec1);
    expect(commandDigest('DRAIN')).toBe(0xcbd2b191);
  });

  it('gives the check value of CRC-32/ISO-HDLC', () => {
    expect(commandDigest('123456789')).toBe(0xcbf43926);
  });

  it(`is what zlib computes, for any name (seed ${SEED})`, () => {
    const name = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 1 });
    fc.assert(
      fc.property(name, (text) => commandDigest(text) === crcByZlib(text)),
      { seed: SEED },
    );
  });

  it('refuses a name that is not printable ASCII', () => {
    const text = (shown: string) => `[INVALID_MESSAGE] command name: expected printable ASCII without spaces, got ${shown}`;
    expect(thrownBy(() => commandDigest('')).message).toBe(text('""'));
    expect(thrownBy(() => commandDigest('TYPING ON')).message).toBe(text('"TYPING ON"'));
    expect(thrownBy(() => commandDigest('输入')).message).toBe(text('"输入"'));
    expect(thrownBy(() => commandDigest('TYPING\n')).message).toBe(text('"TYPING\\n"'));
    expect(thrownBy(() => commandDigest('\u007f')).message).toBe(text('"\\u007f"'));
  });
});
