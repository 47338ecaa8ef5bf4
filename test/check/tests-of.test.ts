import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testsOf } from '../../scripts/check/tests-of.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it.each([
  ['src/session/requests.ts', ['test/session']],
  ['src/zod.ts', ['test/zod']],
  // No folder of tests has its name.
  ['src/limits.ts', []],
  ['proto/im/protocol/v1/content.proto', ['test/codec']],
  ['scripts/breaking/main.ts', ['test/breaking']],
  ['scripts/protoc-gen-im-protocol/emit-read.ts', ['test/codegen']],
  ['test/check/tests-of.test.ts', ['test/check/tests-of.test.ts']],
  // A helper, and a test that was deleted.
  ['test/session/world.ts', ['test/session']],
  ['test/session/deleted.test.ts', []],
  ['test/seed.ts', []],
  ['README.md', []],
])('%s', (path, tests) => {
  expect(testsOf(ROOT, [path])).toEqual(tests);
});

it('a folder includes its files', () => {
  expect(testsOf(ROOT, ['test/check/tests-of.test.ts', 'src/check/x.ts', 'src/frame/header.ts'])).toEqual([
    'test/check',
    'test/frame',
  ]);
});
