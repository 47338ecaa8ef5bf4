import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/errors.js';
import { shapeIssues } from '../../src/validate.js';
import { AllTypesTable } from '../fixtures/generated/im/fixture/v1/all_types.codec.js';
import { NumbersTable, TextsTable } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import { issue } from './issue.js';

const type = (path: string, expected: string, got: string): Issue => issue(path, 'type', `expected ${expected}, got ${got}`);
const all = (value: unknown): Issue[] => shapeIssues(AllTypesTable, value);

describe('a scalar', () => {
  it.each<[string, unknown, string, string]>([
    ['int32Field', 1n, 'number', 'bigint'],
    ['int32Field', '1', 'number', 'string'],
    ['int32Field', null, 'number', 'null'],
    ['int64Field', 1, 'bigint', 'number'],
    ['fixed64Field', '1', 'bigint', 'string'],
    ['floatField', 1n, 'number', 'bigint'],
    ['boolField', 0, 'boolean', 'number'],
    ['stringField', 5, 'string', 'number'],
    ['stringField', Object('x'), 'string', 'String'],
    ['bytesField', 'AQ==', 'Uint8Array', 'string'],
    ['bytesField', [1], 'Uint8Array', 'array'],
    ['bytesField', new Uint16Array(1), 'Uint8Array', 'Uint16Array'],
    ['bytesField', new Uint8ClampedArray(1), 'Uint8Array', 'Uint8ClampedArray'],
    ['bytesField', new ArrayBuffer(1), 'Uint8Array', 'ArrayBuffer'],
    ['bytesField', new DataView(new ArrayBuffer(1)), 'Uint8Array', 'DataView'],
    ['enumField', 'COLOR_RED', 'number', 'string'],
    ['optionalInt32', null, 'number', 'null'],
  ])('%s = %o is of another type', (name, value, expected, got) => {
    expect(all({ [name]: value })).toEqual([type(name, expected, got)]);
  });

  const int32 = 'int32 is an integer from -2147483648 to 2147483647';
  const uint32 = 'uint32 is an integer from 0 to 4294967295';
  it.each<[string, unknown, string]>([
    ['int32Field', 2147483648, `got 2147483648, ${int32}`],
    ['int32Field', -2147483649, `got -2147483649, ${int32}`],
    ['int32Field', 0.5, `got 0.5, ${int32}`],
    ['int32Field', Number.NaN, `got NaN, ${int32}`],
    ['int32Field', Number.POSITIVE_INFINITY, `got Infinity, ${int32}`],
    ['uint32Field', -1, `got -1, ${uint32}`],
    ['uint32Field', 4294967296, `got 4294967296, ${uint32}`],
    ['sint32Field', 2147483648, 'got 2147483648, sint32 is an integer from -2147483648 to 2147483647'],
    ['sfixed32Field', -2147483649, 'got -2147483649, sfixed32 is an integer from -2147483648 to 2147483647'],
    ['fixed32Field', -1, 'got -1, fixed32 is an integer from 0 to 4294967295'],
    ['int64Field', 2n ** 63n, 'got 9223372036854775808, int64 is an integer from -9223372036854775808 to 9223372036854775807'],
    [
      'sint64Field',
      -(2n ** 63n) - 1n,
      'got -9223372036854775809, sint64 is an integer from -9223372036854775808 to 9223372036854775807',
    ],
    [
      'sfixed64Field',
      2n ** 63n,
      'got 9223372036854775808, sfixed64 is an integer from -9223372036854775808 to 9223372036854775807',
    ],
    ['uint64Field', 2n ** 64n, 'got 18446744073709551616, uint64 is an integer from 0 to 18446744073709551615'],
    ['fixed64Field', -1n, 'got -1, fixed64 is an integer from 0 to 18446744073709551615'],
    ['enumField', 2147483648, 'got 2147483648, enum is an integer from -2147483648 to 2147483647'],
    ['floatField', 3.5e38, 'got 3.5e+38, float is a number of at most 3.4028234663852886e+38, or infinite'],
  ])('%s = %o is out of range', (name, value, message) => {
    expect(all({ [name]: value })).toEqual([issue(name, 'range', message)]);
  });

  it.each([
    ['int32Field', 2147483647],
    ['int32Field', -0],
    ['sfixed32Field', -2147483648],
    ['fixed32Field', 4294967295],
    ['int64Field', 9223372036854775807n],
    ['fixed64Field', 18446744073709551615n],
    ['enumField', -2147483648],
    ['floatField', 3.4028234663852886e38],
    ['floatField', Number.POSITIVE_INFINITY],
    ['doubleField', 1.7976931348623157e308],
  ])('%s = %o is in range', (name, value) => {
    expect(all({ [name]: value })).toEqual([]);
  });

  it.each([
    ['\ud800', 0],
    ['a\udc00', 1],
    ['😀\ud83d', 2],
    ['\ude00\ud83d', 0],
  ])('%j has a lone surrogate', (value, at) => {
    expect(all({ stringField: value })).toEqual([issue('stringField', 'surrogate', `character ${at} is a lone surrogate`)]);
  });

  it('that is a secret is not told', () => {
    expect(shapeIssues(NumbersTable, { secret: 4294967301 })).toEqual([
      issue('secret', 'range', 'out of range, fixed32 is an integer from 0 to 4294967295'),
    ]);
  });

  it('is called by its name in JSON', () => {
    expect(shapeIssues(TextsTable, { renamed: 1 })).toEqual([type('other-name', 'string', 'number')]);
  });
});
