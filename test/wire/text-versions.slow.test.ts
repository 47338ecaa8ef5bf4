// As text-bounds.test.ts, with what other versions of Node have.
import { afterEach, test, vi } from 'vitest';
import { readsRight, type Text, writesRight } from './text-bounds.js';

/** A transcode that replaces what is not valid, as where Node is imitated. */
const lenient = (from: Uint8Array, fromEncoding: BufferEncoding, toEncoding: BufferEncoding): Buffer =>
  Buffer.from(Buffer.from(from).toString(fromEncoding), toEncoding);
const absent = (): never => {
  throw new Error('not implemented');
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each([
  ['20.0.0', undefined],
  ['20.20.2', process.getBuiltinModule],
  ['22.23.3', process.getBuiltinModule],
  ['24.21.0', process.getBuiltinModule],
  ['24.21.0', () => ({ transcode: lenient })],
  ['20.20.2', () => ({ transcode: absent })],
  ['20.20.2', () => ({})],
  [undefined, undefined],
])('every way is right under every version: %s', async (node, getBuiltinModule) => {
  const versions = { ...process.versions, node };
  vi.stubGlobal(
    'process',
    Object.create(process, { versions: { value: versions }, getBuiltinModule: { value: getBuiltinModule } }),
  );
  vi.resetModules();
  const text: Text = await import('../../src/wire/text.js');
  vi.unstubAllGlobals();
  readsRight(text);
  writesRight(text);
});
