import { expect, test } from 'vitest';
import { liveExports } from '../../scripts/build/keep-live.js';

test('the cursor is exported as it is when it is read', () => {
  const code = 'exports.other = _a.other; exports.pos = _a.pos; exports.position = _a.position;';
  const live = liveExports(code);
  expect(live).toBe(
    code.replace('exports.pos = _a.pos;', "Object.defineProperty(exports, 'pos', { enumerable: true, get: () => _a.pos });"),
  );
  const [module, source] = [{ exports: {} as Record<string, unknown> }, { pos: 1, other: 2, position: 3 }];
  new Function('exports', '_a', live)(module.exports, source);
  source.pos = 5;
  expect(module.exports).toEqual({ pos: 5, other: 2, position: 3 });
});

test('a build that exports it in another form is told', () => {
  expect(() => liveExports('exports.pos = pos;')).toThrow(new Error('the entry does not export pos in the expected form'));
});
