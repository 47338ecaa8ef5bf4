import { expect, it } from 'vitest';
import { luaLiteral } from '../../scripts/generate-dissector/lua-literal.js';

it('writes scalars', () => {
  expect([1, -1, 253402300799999n, true, false].map((value) => luaLiteral(value))).toEqual([
    '1',
    '-1',
    '253402300799999',
    'true',
    'false',
  ]);
});

it('escapes what would end a string or a line, and leaves UTF-8 alone', () => {
  expect(luaLiteral("a'b\\c\n\x007é😀")).toBe("'a\\'b\\\\c\\010\\0007é😀'");
});

it('writes lists and tables, and leaves undefined out', () => {
  expect(luaLiteral([1, 'a', []])).toBe("{ 1, 'a', {} }");
  expect(luaLiteral({ a: 1, b: undefined, 'c-d': 2, end: 3 })).toBe("{ a = 1, ['c-d'] = 2, ['end'] = 3 }");
  expect(luaLiteral(new Map([[0, 'zero']]))).toBe("{ [0] = 'zero' }");
});

it('breaks what is long into lines', () => {
  const long = 'x'.repeat(120);
  expect(luaLiteral({ a: { b: long } })).toBe(`{\n  a = {\n    b = '${long}',\n  },\n}`);
});
