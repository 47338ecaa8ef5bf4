import { expect, test } from 'vitest';
import { exactInteger } from '../../src/json/scalar-from-json.js';

test.each([
  ['0', 0n],
  ['-0', 0n],
  ['5', 5n],
  ['-5', -5n],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['1e2', 100n],
  ['1E+2', 100n],
  ['1.50e2', 150n],
  ['100e-2', 1n],
  ['1.0', 1n],
  ['0e999999999', 0n],
  ['0.000e-999999999', 0n],
  ['9.007199254740993e15', 9007199254740993n],
  [`1${'0'.repeat(399)}`, 10n ** 399n],
  ['1e399', 10n ** 399n],
])('%s is an integer', (text, integer) => {
  expect(exactInteger(text)).toBe(integer);
});

test.each([
  ['nothing', ''],
  ['white space before', ' 1'],
  ['white space behind', '1 '],
  ['a plus', '+1'],
  ['a leading zero', '01'],
  ['a negative leading zero', '-01'],
  ['no digits behind the point', '1.'],
  ['no digits before the point', '.5'],
  ['no exponent', '1e'],
  ['hexadecimal', '0x10'],
  ['another script', '١'],
  ['a name', 'NaN'],
  ['a fraction', '0.5'],
  ['a fraction by its exponent', '15e-1'],
  ['a tiny fraction', '1e-999999999'],
  ['401 digits', `1${'0'.repeat(400)}`],
  ['401 digits by the exponent', '1e400'],
  ['a huge exponent', '1e999999999'],
])('%s is no integer', (_what, text) => {
  expect(exactInteger(text)).toBeUndefined();
});
