// "Decoded bytes are views into the input and say so; decoded messages share no mutable default."
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { SendInfo } from '../../generated/models.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';

type Properties = Record<string, unknown>;

/** Every object in a message, however deep. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  if (ArrayBuffer.isView(value)) return found;
  for (const inner of value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value)) objectsIn(inner, found);
  return found;
}

test('two decodes of the same bytes share no object', () => {
  const bytes = AllTypes.encode({
    messageField: { deeper: { parent: {} } },
    int32List: [1],
    messageList: [{}, {}],
    messageMap: new Map([['a', {}]]),
    recursiveMap: new Map([[1, {}]]),
    bytesField: hex('01'),
    bytesList: [hex(''), hex('02')],
    choice: { $case: 'choiceMessage', value: {} },
  });
  const [first, second] = [objectsIn(AllTypes.decode(bytes)), objectsIn(AllTypes.decode(bytes))];
  expect(first.size).toBeGreaterThan(30);
  expect([...first].filter((object) => second.has(object))).toEqual([]);
});

test('defaults are not shared: what is put into one message is not in the next', () => {
  const first = AllTypes.decode(hex(''));
  first.int32List.push(1);
  first.stringMap.set('a', 'b');
  const second = AllTypes.decode(hex(''));
  expect(second.int32List).toEqual([]);
  expect(second.stringMap.size).toBe(0);
  expect(second.bytesField).not.toBe(first.bytesField);
  // Two empty lists of one message are two.
  expect(second.int32List).not.toBe(second.int64List);
});

test('a decoded message is a plain object, whole, with its properties in the order of the schema', () => {
  const message = SendInfo.decode(hex('52 00 08 01'));
  expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
  expect(Object.keys(message)).toEqual(['cmd', 'sequence', 'replyTo', 'data']);
  expect(Object.getPrototypeOf(message.data)).toBe(Object.prototype);
  expect(Object.isExtensible(message)).toBe(true);
  const all = AllTypes.decode(hex('')) as unknown as Properties;
  for (const value of Object.values(all)) {
    if (Array.isArray(value)) expect(value).toEqual([]);
    else if (value instanceof Map) expect(value.size).toBe(0);
  }
  expect(structuredClone(message)).toEqual(message);
});

test('bytes are views of the input: of an array, of a part of one, of a Buffer', () => {
  const whole = hex('ff ff 7a 03 01 02 03 ea 02 02 04 05 9a 05 01 06 ff');
  const input = whole.subarray(2, 16);
  const message = AllTypes.decode(input);
  expect(message.bytesField).toEqual(hex('01 02 03'));
  expect(message.bytesField.buffer).toBe(whole.buffer);
  expect(message.bytesField.byteOffset).toBe(4);
  whole[4] = 9;
  expect(message.bytesField).toEqual(hex('09 02 03'));
  expect(message.bytesList[0].buffer).toBe(whole.buffer);
  expect(message.choice?.value).toEqual(hex('06'));
  const buffer = Buffer.from(input);
  const read = AllTypes.decode(buffer);
  expect(read.bytesField.buffer).toBe(buffer.buffer);
  expect(Object.getPrototypeOf(read.bytesField)).toBe(Uint8Array.prototype);
});

test('an array of another realm is decoded, its bytes are views of it', () => {
  const foreign = runInNewContext(
    'Uint8Array.from([0x08, 5, 0x72, 3, 0xe4, 0xbd, 0xa0, 0x7a, 2, 1, 2, 0xf8, 0x7d, 1])',
  ) as Uint8Array;
  expect(foreign).not.toBeInstanceOf(Uint8Array);
  const message = AllTypes.decode(foreign);
  expect(message).toMatchObject({ int32Field: 5, stringField: '你' });
  expect([...message.bytesField]).toEqual([1, 2]);
  expect(message.bytesField.buffer).toBe(foreign.buffer);
  const long = runInNewContext(`Uint8Array.from([0x72, 120, ...new TextEncoder().encode('你'.repeat(40))])`, {
    TextEncoder,
  }) as Uint8Array;
  expect(AllTypes.decode(long).stringField).toBe('你'.repeat(40));
});

test.each([
  ['an array of numbers', [8, 1]],
  ['an ArrayBuffer', new ArrayBuffer(2)],
  ['a DataView', new DataView(new ArrayBuffer(2))],
  ['a Uint8ClampedArray', new Uint8ClampedArray(2)],
  ['a Uint16Array', new Uint16Array(2)],
  ['a string', '0801'],
  ['undefined', undefined],
  ['null', null],
])('decode expects a Uint8Array, not %s', (_, value) => {
  expect(() => SendInfo.decode(value as unknown as Uint8Array)).toThrow(new TypeError('decode expects a Uint8Array'));
});
