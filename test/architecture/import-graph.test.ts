import { describe, expect, it } from 'vitest';
import { circlesOf, importsOf, reachable } from './imports.js';
import { ARROWS, FOR_ALL, importable, layerOf, PACKAGES, TYPES_FOR_ALL } from './layers.js';

const imports = importsOf(['src', 'generated']);
const isFile = (to: string): boolean => /^(src|generated)\//.test(to);

describe('who imports whom', () => {
  const layers = [...new Set(imports.flatMap(({ from, to }) => [from, to].filter(isFile).map(layerOf)))].sort();

  it('there is no layer that the table does not know', () => {
    expect(layers.filter((layer) => !ARROWS[layer])).toEqual([]);
    expect(layers).toEqual(
      expect.arrayContaining(['wire', 'errors', 'limits', 'frame', 'codec', 'validate', 'negotiate', 'generated']),
    );
  });

  it.each(layers)('%s imports only what lies below it', (layer) => {
    const allowed = importable(layer);
    const forbidden = imports.filter(({ from, to, typeOnly }) => {
      if (layerOf(from) !== layer || !isFile(to)) return false;
      const target = layerOf(to);
      return !allowed.has(target) && !FOR_ALL.includes(target) && !(typeOnly && target === TYPES_FOR_ALL);
    });
    expect(forbidden.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('the arrows make no circle', () => {
    for (const layer of Object.keys(ARROWS)) {
      const below = ARROWS[layer].flatMap((name) => [...importable(name)]);
      expect(below).not.toContain(layer);
    }
  });
});

describe('packages', () => {
  it('are imported only where they may be', () => {
    const packages = imports.filter(({ to }) => !isFile(to));
    const allowed = ({ from, to }: { from: string; to: string }): boolean =>
      PACKAGES.some(({ name, places }) => name.test(to) && places.test(from));
    expect(packages.filter((one) => !allowed(one)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it.each([
    'index',
    'codecs',
    'json/index',
    'frame/index',
    'conversation/index',
    'sync/index',
    'legacy/index',
    'codegen/v1/index',
  ])('src/%s.ts reaches none', (entry) => {
    const reached = [...reachable(imports, `src/${entry}.ts`)];
    expect(reached.filter((name) => !isFile(name))).toEqual([]);
    // The walk went somewhere.
    expect(reached).toContain('src/errors.ts');
  });
});

it('src/frame knows no message: only constants and the error table of what is generated are reached from it', () => {
  const reached = [...reachable(imports, 'src/frame/index.ts')].filter((name) => name.startsWith('generated/'));
  expect(reached.sort()).toEqual(['generated/constants.ts', 'generated/errors.ts']);
});

it.each(['node', 'web', 'session'])('src/%s reaches nothing of src/conversation: clients stay small', (entry) => {
  const reached = [...reachable(imports, `src/${entry}/index.ts`)];
  expect(reached.filter((name) => name.startsWith('src/conversation/'))).toEqual([]);
  expect(reached).toContain('src/errors.ts');
});

/** Inspection is recursive: messages contain messages and groups. */
const CIRCLES = [['src/inspect/delimited-parts.ts', 'src/inspect/group-parts.ts', 'src/inspect/message-parts.ts']];

describe('circles of imports, types included', () => {
  it('there is none but those that are listed', () => {
    const isListed = (circle: readonly string[]): boolean =>
      CIRCLES.some((listed) => circle.every((file) => listed.includes(file)));
    expect(circlesOf(imports).filter((circle) => !isListed(circle))).toEqual([]);
  });

  it('are found', () => {
    const arrow = (from: string, to: string) => ({ from, to, typeOnly: true });
    const graph = [arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'a'), arrow('c', 'd'), arrow('e', 'a'), arrow('f', 'f')];
    expect(circlesOf(graph)).toEqual([['a', 'b', 'c'], ['f']]);
    expect(circlesOf(graph.slice(0, 2))).toEqual([]);
  });
});
