// Hostile bytes: a typed error, or memory within a small multiple of what was sent.
import { expect, test } from 'vitest';
import { ReceiveInfo, SendInfo } from '../../generated/models.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { keptMemory } from '../kept-memory.js';
import { thrownBy } from '../thrown-by.js';

const TWO_MIB = 2 * 1024 * 1024;

function filled(pattern: Uint8Array, size = TWO_MIB): Uint8Array {
  const bytes = new Uint8Array(Math.floor(size / pattern.length) * pattern.length);
  for (let at = 0; at < bytes.length; at += pattern.length) bytes.set(pattern, at);
  return bytes;
}

test('2 MiB of empty sub-messages in a list without a limit keep a bounded multiple', () => {
  const input = filled(hex('fa 02 00'));
  const { result, bytes } = keptMemory(() => AllTypes.decode(input));
  expect(result.messageList).toHaveLength(699_050);
  expect(result.messageList[699_049]).toEqual({ id: 0n, name: '', deeper: undefined });
  expect(bytes).toBeLessThan(64 * TWO_MIB);
});

test('2 MiB of empty sub-messages in a list of this protocol are refused at the seventeenth', () => {
  const error = thrownBy(() => ReceiveInfo.decode(filled(hex('1a 00'))));
  expect(error.message).toBe('[INVALID_MESSAGE] ReceiveInfo.receivers: got 17 elements, limit 16, at byte 32');
});

test('2 MiB of one sub-message that comes again keep one message', () => {
  const input = filled(hex('52 00'));
  const { result, bytes } = keptMemory(() => SendInfo.decode(input));
  expect(result.data).toMatchObject({ $case: 'login', value: { accessToken: '', deviceId: '', terminal: 0 } });
  expect(bytes).toBeLessThan(TWO_MIB);
});

test('2 MiB of empty strings, of empty bytes, of bools and of empty entries keep a bounded multiple', () => {
  for (const [pattern, limit] of [
    ['e2 02 00', 16],
    ['ea 02 00', 64],
    ['d8 02 00', 16],
    ['8a 04 00', 1],
  ] as const) {
    const input = filled(hex(pattern));
    expect(keptMemory(() => AllTypes.decode(input)).bytes).toBeLessThan(limit * TWO_MIB);
  }
});

test('a length that is announced and not sent costs nothing', () => {
  const tags = ['72', '7a', '8a 01', 'fa 01', '92 02', 'ea 03', '92 0f'];
  // All of them in one measurement, which collects garbage: that takes longer than the decoding.
  const { bytes } = keptMemory(() => tags.map((tag) => thrownBy(() => AllTypes.decode(hex(tag, 'ff ff ff ff 07 61')))));
  expect(bytes).toBeLessThan(4_000_000);
});

test('2 MiB of nesting are refused at the 101st level', () => {
  const input = filled(hex('93 0f'));
  const { result, bytes } = keptMemory(() => thrownBy(() => AllTypes.decode(input)));
  expect(result.message).toBe('[MALFORMED_PAYLOAD] AllTypes: nested deeper than 100, at byte 200');
  expect(bytes).toBeLessThan(4_000_000);
});
