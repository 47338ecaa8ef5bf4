import { expect, test } from 'vitest';
import { messageFromJson } from '../../src/json/index.js';
import { thrownBy } from '../thrown-by.js';
import { table } from './descriptors.js';

const read = (name: string, json: unknown) => messageFromJson(table(name), json, { ignoreUnknown: true });

test('keys that no field has are passed over, at any depth', () => {
  expect(read('Tree', { newer: 1, tree: { newer: {}, number: '5' } }).node).toMatchObject({
    value: { node: { $case: 'number', value: 5n } },
  });
});

test('an enum value with an unknown name leaves the field unset', () => {
  expect(read('Scalars', { color: 'COLOR_GREEN', int32Value: 1 })).toMatchObject({ color: 0, int32Value: 1 });
  expect(read('Optionals', { color: 'COLOR_GREEN' }).color).toBeUndefined();
  expect(read('Tree', { color: 'COLOR_GREEN' }).node).toBeUndefined();
});

test('an enum value with an unknown name is left out of lists and maps', () => {
  expect(read('Lists', { colors: ['COLOR_RED', 'COLOR_GREEN', 'COLOR_BLUE'] }).colors).toEqual([1, 2]);
  expect(read('Maps', { fixed32s: { 1: 'COLOR_GREEN', 2: 'COLOR_BLUE' } }).fixed32s).toEqual(new Map([[2, 2]]));
});

test('an enum value with an unknown number is kept', () => {
  expect(read('Lists', { colors: [77] }).colors).toEqual([77]);
});

test('everything else is refused as ever', () => {
  expect(thrownBy(() => read('Scalars', { newer: 1, int32Value: 'x' })).path).toBe('int32Value');
  expect(thrownBy(() => read('Scalars', { color: {} })).path).toBe('color');
  expect(thrownBy(() => read('Lists', { colors: [null] })).path).toBe('colors[0]');
});
