// Imports of types, of which ts-proto wraps long ones.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnosticsOf, generated } from './compiled.js';

const NAMES = Array.from({ length: 40 }, (_, i) => `MessageWithALongName${i}`);

it.each([1, 8, 9, 10, 40])('%i types of another file', (count) => {
  const names = NAMES.slice(0, count);
  const { folder, names: files } = generated({
    'many/parts.proto': `syntax = "proto3"; package many; ${names.map((name) => `message ${name} { string text = 1; }`).join('\n')}`,
    'many/whole.proto': `syntax = "proto3"; package many; import "many/parts.proto"; message Whole { ${names
      .map((name, i) => `${name} field_${i} = ${i + 1};`)
      .join('\n')} }`,
  });
  const modules = files.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  expect(modules.some((name) => name.endsWith('whole.ts'))).toBe(true);
  expect(diagnosticsOf(modules)).toEqual([]);
});
