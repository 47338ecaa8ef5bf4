import { expect, it } from 'vitest';
import { firstMessageId } from '../../../examples/older-clients/message-ids.js';

const EPOCH = Date.UTC(2025, 0, 1);
const LAST = EPOCH + 2 ** 41 - 1;

it('begins above the ids of earlier milliseconds, and stays below 2^53', () => {
  expect(firstMessageId(EPOCH)).toBe(1n);
  expect(firstMessageId(EPOCH + 1)).toBe(4097n);
  expect(firstMessageId(LAST)).toBe(2n ** 53n - 4095n);
});

it('refuses times without ids', () => {
  const text = `expected a time from ${EPOCH} to ${LAST}, got `;
  expect(() => firstMessageId(EPOCH - 1)).toThrow(new RangeError(`${text}${EPOCH - 1}`));
  expect(() => firstMessageId(LAST + 1)).toThrow(new RangeError(`${text}${LAST + 1}`));
});
