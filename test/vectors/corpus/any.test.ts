// The rule of a type_url, which stands in no option: at most so many bytes, and the full name of a message behind the last slash.
import { expect, it } from 'vitest';
import { decodedVectors, withNested } from './decoded.js';
import { constant } from './protocol.js';

const max = constant('ANY_TYPE_URL_MAX_BYTES');

function typeUrls(isWanted: (code: string | undefined) => boolean): string[] {
  return decodedVectors
    .filter(({ vector }) => isWanted(vector.error?.code))
    .flatMap(({ message }) => (message ? [...withNested(message)] : []))
    .filter(({ desc }) => desc.typeName === 'google.protobuf.Any')
    .map((any) => any.get(any.desc.field.typeUrl) as string);
}

it(`${max} bytes are accepted, one more is refused`, () => {
  expect(typeUrls((code) => code === undefined).map((url) => Buffer.byteLength(url))).toContain(max);
  expect(typeUrls((code) => code === 'INVALID_MESSAGE').map((url) => Buffer.byteLength(url))).toContain(max + 1);
});

it.each([
  ['no type_url', ''],
  ['no slash', 'chat.Poll'],
  ['nothing behind the slash', 'example.com/'],
])('%s is refused', (_what, url) => {
  expect(typeUrls((code) => code === 'INVALID_MESSAGE')).toContain(url);
});
