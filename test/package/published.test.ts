import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, it } from 'vitest';
import { anchors, linkTargets } from '../docs/markdown.js';
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
    const entryFolders = CODE_ENTRIES.filter((name) => name !== '.').map((name) => name.split('/')[1]);
    const names = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'README.zh-CN.md',
      'THIRD-PARTY-LICENSES.txt',
      'dist',
      'package.json',
      'proto',
      'proto-protovalidate',
      'templates',
      'vectors',
      'wireshark',
    ];
    expect(readdirSync(installed).sort()).toEqual([...names, ...new Set(entryFolders)].sort());
    expect(readdirSync(join(installed, 'dist')).sort()).toEqual(['cli', 'descriptor.binpb', 'node', 'plugin', 'types', 'web']);
    expect(readdirSync(join(installed, 'wireshark'))).toEqual(['im-protocol.lua']);
  });

  it('has every file that its exports name', () => {
    const paths = Object.values(MANIFEST.exports).flatMap(pathsOf);
    const files = paths.filter((path) => !path.includes('*'));
    expect(files.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    expect(paths.filter((path) => path.includes('*'))).toEqual([
      './proto/*',
      './proto-protovalidate/*',
      './templates/*',
      './vectors/*',
      './wireshark/*',
    ]);
  });

  it('brings no other package with it', () => {
    const lock = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { peer?: boolean }>;
    };
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/@im/protocol']);
    expect(MANIFEST.dependencies).toBeUndefined();
    const optional = Object.keys(MANIFEST.peerDependencies).map((name) => MANIFEST.peerDependenciesMeta[name]?.optional);
    expect(optional).toEqual(optional.map(() => true));
  });

  it('blocks no installation beside other versions of its optional peers', () => {
    // npm holds the range of an optional peer against an application that has the package for something else.
    expect(MANIFEST.peerDependencies).toEqual({
      '@opentelemetry/api': '*',
      'forwarded-parse': '*',
      ioredis: '*',
      pako: '*',
      'proxy-addr': '*',
      redis: '*',
      ws: '*',
      zod: '*',
    });
  });

  it('has in its package.json what its users need, and no scripts', () => {
    const published = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Partial<typeof MANIFEST>;
    const { scripts, devDependencies } = published;
    expect([scripts, devDependencies]).toEqual([undefined, undefined]);
    const development = ['packageManager', 'scripts', 'devDependencies', 'overrides', 'allowScripts'];
    expect(Object.keys(published)).toEqual(Object.keys(MANIFEST).filter((key) => !development.includes(key)));
    // One place: the organisation stands in `repository`.
    const url = MANIFEST.repository.url.replace(/^git\+|\.git$/g, '');
    expect(url).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
    expect([published.homepage, published.bugs]).toEqual([`${url}#readme`, `${url}/issues`]);
    expect(published.publishConfig).toEqual({ access: 'public' });
  });

  it('has the licence of each package whose code it contains', () => {
    const licences = readFileSync(join(installed, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const files = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.c?js$/.test(name),
    );
    // esbuild says where each part of a file is from.
    const contained = files.flatMap((name) => {
      const text = readFileSync(join(installed, 'dist', name), 'utf8');
      return [...text.matchAll(/^ *\/\/ node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//gm)].map(([, found]) => found);
    });
    const names = [...new Set(contained)].sort();
    expect(names).toEqual(['@bufbuild/protobuf', '@bufbuild/protoplugin', '@bufbuild/re2', 'long', 'protobufjs']);
    expect(names.filter((name) => !licences.includes(`\n${name} `))).toEqual([]);
  });

  it('says that no module does anything by being imported', () => {
    expect(MANIFEST.sideEffects).toBe(false);
  });

  it('chooses the flavour by the condition `node`, for every entry but those that need Node', () => {
    for (const entry of CODE_ENTRIES.filter((name) => !['./node', './otel', './rocketmq', './server'].includes(name))) {
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

describe('tools that ignore exports', () => {
  /** As they resolve: the package.json in the folder of the entry, and the file that it names. */
  function resolved(entry: string, field: string): string {
    const folder = join(installed, entry);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    return join(folder, manifest[field]);
  }

  it.each(CODE_ENTRIES)('find %s in its folder', (entry) => {
    const conditions = MANIFEST.exports[entry] as Record<string, Record<string, Record<string, string>>>;
    const { import: esm, require: cjs } = (conditions.default ?? conditions) as Record<string, Record<string, string>>;
    const expected = [cjs.default, esm.default, cjs.types].map((path) => join(installed, path));
    expect(['main', 'module', 'types'].map((field) => resolved(entry, field))).toEqual(expected);
    expect(expected.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('get the web flavour, which needs nothing of Node', () => {
    expect(resolved('.', 'main')).toBe(join(installed, 'dist/web/index.cjs'));
    expect(resolved('codegen/v1/zod', 'module')).toBe(join(installed, 'dist/web/codegen-v1-zod.js'));
  });

  it('run it: the folder by its path, without exports', () => {
    const text = `
      const { encodeFrame, decodeFrame } = require(${JSON.stringify(resolved('.', 'main'))});
      const { toJSON } = require(${JSON.stringify(resolved('json', 'main'))});
      const { message } = decodeFrame(encodeFrame('Reject', { code: 4, message: 'full' }));
      console.log(JSON.stringify(toJSON('Reject', message)));
    `;
    expect(JSON.parse(node(['-e', text], consumer))).toEqual({ code: 'ERROR_CODE_OVERLOADED', message: 'full' });
  });
});

describe('the pages of the packed package', () => {
  const inRepository = `${MANIFEST.repository.url.replace(/^git\+|\.git$/g, '')}/`;
  const pages = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));

  /** Where a link to the repository leads in this one; undefined for another. */
  function ownFile(target: string): string | undefined {
    if (!target.startsWith(inRepository)) return undefined;
    const [kind, tag, ...path] = target.slice(inRepository.length).split('/');
    expect(['blob', 'tree', 'raw']).toContain(kind);
    expect(tag).toBe(`v${MANIFEST.version}`);
    return join(ROOT, ...path);
  }

  it('are known', () => {
    expect(pages.sort()).toEqual(['CHANGELOG.md', 'README.md', 'README.zh-CN.md', 'vectors/README.md']);
  });

  it.each(pages)('%s has no dead link', (page) => {
    const text = readFileSync(join(installed, page), 'utf8');
    const targets = linkTargets(text).filter((target) => target.startsWith(inRepository) || !/^https?:/.test(target));
    const dead = targets.filter((target) => {
      const [path, anchor] = target.split('#');
      const file = path === '' ? join(installed, page) : (ownFile(path) ?? join(installed, dirname(page), path));
      return !existsSync(file) || (anchor !== undefined && !anchors(readFileSync(file, 'utf8')).includes(anchor));
    });
    expect(dead).toEqual([]);
    if (page.startsWith('README')) expect(targets.length).toBeGreaterThan(30);
  });
});
