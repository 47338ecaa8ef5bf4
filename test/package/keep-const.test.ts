import { expect, test } from 'vitest';
import { keepConst } from '../../scripts/build/keep-const.js';

test('what is never assigned again becomes const', () => {
  expect(keepConst('var a = 1;\nvar { b, c: [d] } = x, e = () => a;\n')).toBe(
    'const a = 1;\nconst { b, c: [d] } = x, e = () => a;\n',
  );
});

test('a name that is assigned anywhere stays var', () => {
  const code = 'var a = 0; var b = 0; var c = 0; var d = 0; var e = 0; var f = [];\n';
  const uses = 'function use() { a = 1; b++; --c; [d] = f; for (e of f) g(); }\n';
  expect(keepConst(code + uses)).toBe(code.replace('var f', 'const f') + uses);
});

test('a property of a constant may be assigned', () => {
  expect(keepConst('var a = []; a[0] = 1; a.b = 2;')).toBe('const a = []; a[0] = 1; a.b = 2;');
});

test('what has no value yet, or is declared twice, stays var; what is not at the top is not touched', () => {
  const code = 'var a; var b = 1; var b = 2; let c = 3; function f() { var d = 4; return d; }';
  expect(keepConst(code)).toBe(code);
});
