import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, it } from 'vitest';
import { CODE_ENTRIES, MANIFEST, pathsOf } from './manifest.js';
import { ROOT } from './root.js';
import { node } from './run.js';

const consumer = inject('consumer');
const installed = join(consumer, 'node_modules/@im/protocol');

describe('the packed package', () => {
  it('has no fault that publint knows of', async () => {
    const tarball = new Uint8Array(readFileSync(inject('tarball'))).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
  });

  it('has types that are right in all modes of resolution', () => {
    const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    // The descriptor is no code.
    expect(node([attw, inject('tarball'), '--exclude-entrypoints', 'descriptor', '--no-color'], ROOT)).toContain(
      'No problems found',
    );
  });

  it('has what it is to have, and nothing else', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-LICENSES.txt',
      'dist',
      'package.json',
      'proto',
      'templates',
      'vectors',
      'wireshark',
    ]);
    expect(readdirSync(join(installed, 'dist')).sort()).toEqual(['cli', 'descriptor.binpb', 'node', 'plugin', 'types', 'web']);
  });

  it('has every file that its exports name', () => {
    const paths = Object.values(MANIFEST.exports).flatMap(pathsOf);
    const files = paths.filter((path) => !path.includes('*'));
    expect(files.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    expect(paths.filter((path) => path.includes('*'))).toEqual(['./proto/*', './templates/*', './vectors/*', './wireshark/*']);
  });

  it('brings no other package with it', () => {
    const lock = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { peer?: boolean }>;
    };
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/@im/protocol']);
    expect(MANIFEST.dependencies).toBeUndefined();
    const optional = Object.keys(MANIFEST.peerDependencies).map((name) => MANIFEST.peerDependenciesMeta[name]?.optional);
    expect(optional.length).toBeGreaterThan(0);
    expect(new Set(optional)).toEqual(new Set([true]));
  });

  it('says that no module does anything by being imported', () => {
    expect(MANIFEST.sideEffects).toBe(false);
  });

  it('chooses the flavour by the condition `node`, for every entry but those that need Node', () => {
    for (const entry of CODE_ENTRIES.filter((name) => !['./node', './rocketmq'].includes(name))) {
      const { node: forNode, default: forOthers } = MANIFEST.exports[entry] as Record<
        string,
        Record<string, Record<string, string>>
      >;
      for (const kind of ['import', 'require']) {
        expect(forNode[kind].default).toMatch(/^\.\/dist\/node\//);
        expect(forOthers[kind].default).toBe(forNode[kind].default.replace('/node/', '/web/'));
        expect(forOthers[kind].types).toBe(forNode[kind].types);
      }
    }
  });
});
