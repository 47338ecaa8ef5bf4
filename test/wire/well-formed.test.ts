import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { isWellFormed, loneSurrogateAt, toWellFormed } from '../../src/wire/well-formed.js';
import { SEED } from '../seed.js';

const TEXTS = [
  '',
  'a',
  '你',
  '😀',
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
  'a\ud800',
  '\udc00\ud800',
  '\ud800\ud800\udc00',
  '😀\udc00',
  '\ud83d😀',
];

it('agrees with the methods of ES2024', () => {
  const units = fc.array(fc.constantFrom('a', '你', '\ud83d', '\ude00', '\udbff', '\udc00'), { maxLength: 12 });
  const agrees = (text: string): void => {
    expect([isWellFormed(text), loneSurrogateAt(text), toWellFormed(text)]).toEqual([
      text.isWellFormed(),
      text.search(/\p{Surrogate}/u),
      text.toWellFormed(),
    ]);
  };
  TEXTS.forEach(agrees);
  fc.assert(
    fc.property(units, (list) => agrees(list.join(''))),
    { seed: SEED },
  );
});

it('without the method, its loop decides', () => {
  const native = Object.getOwnPropertyDescriptor(String.prototype, 'isWellFormed')!;
  onTestFinished(() => void Object.defineProperty(String.prototype, 'isWellFormed', native));
  const expected = TEXTS.map((text) => text.isWellFormed());
  Reflect.deleteProperty(String.prototype, 'isWellFormed');
  expect(TEXTS.map(isWellFormed)).toEqual(expected);
});
