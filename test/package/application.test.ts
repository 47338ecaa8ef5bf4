// An application with its own schema, as a user has it: examples/polls/, with the packed package beside buf, ts-proto and TypeScript.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { MessageTable } from '../../src/wire/table.js';
import { messages } from '../arbitrary.js';
import { codeBlocks } from '../docs/markdown.js';
import { toOracle } from '../oracle.js';
import { SEED } from '../seed.js';
import { bundle, findings } from './bundle.js';
import { ROOT } from './root.js';
import { node, npm } from './run.js';
import { diagnosticsOf, RESOLUTIONS } from './strictest.js';

const EXAMPLE = join(ROOT, 'examples/polls');
/** What its package.json asks for besides ours. They are linked: an installation by npm would need a network. */
const PACKAGES = ['@bufbuild', '@types', 'ts-proto', 'typescript', 'undici-types', 'ws', 'zod'];

let app: string;
const folders: string[] = [];

/** A folder with the example in it, or with nothing, in which its packages are installed. */
function folderWith(example: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'im-application-'));
  folders.push(folder);
  if (example) {
    const own = (path: string): boolean => !/\/(node_modules|dist|generated)$/.test(path);
    cpSync(EXAMPLE, folder, { recursive: true, filter: own });
  }
  const modules = join(folder, 'node_modules');
  cpSync(join(inject('consumer'), 'node_modules'), modules, { recursive: true, verbatimSymlinks: true });
  for (const name of PACKAGES) {
    rmSync(join(modules, name), { force: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  for (const bin of ['buf', 'tsc']) symlinkSync(join(ROOT, 'node_modules/.bin', bin), join(modules, '.bin', bin));
  return folder;
}

/** Generates and compiles the example with the option `form`. */
function buildApp(form: string): void {
  app = folderWith(true);
  appendFileSync(join(app, 'buf.gen.yaml'), `    opt: form=${form}\n`);
  npm(['run', 'build'], app);
}

const FORMS = ['compact', 'fast'];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe.skipIf(process.platform === 'win32').each(FORMS)('examples/polls, form=%s', (form) => {
  beforeAll(() => buildApp(form));

  it('is generated, compiled and run by its own scripts', () => {
    const lines = npm(['start', '--silent'], app).trim().split('\n');
    expect(lines).toEqual([
      'alice opened poll 1: Tea or coffee? tea, coffee',
      'alice may not: choices got 1 item, at least 2',
      'bob got a card of poll 1, and votes',
      "bob's vote is counted: tea 1, coffee 0",
      'poll 1 has changed: 1 for tea',
      'bob may not: 1000',
      'as JSON: {"pollId":"1","owner":{"userId":"1","terminal":"TERMINAL_APP"},"question":"Tea or coffee?","choices":["tea","coffee"],"votes":{"tea":1,"coffee":0},"never":{}} true',
    ]);
  });

  it('imports the main entry and the versioned contract alone in generated code, and has no second copy of the messages', () => {
    const generated = join(app, 'src/generated');
    const names = readdirSync(generated, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const imports = names.flatMap((name) => [
      ...readFileSync(join(generated, name), 'utf8').matchAll(/from ['"]([^.'"][^'"]*)['"]/g),
    ]);
    expect(new Set(imports.map(([, from]) => from))).toEqual(new Set(['@im/protocol', '@im/protocol/codegen/v1']));
    expect(names.filter((name) => /im\/(protocol|options)|descriptor/.test(name))).toEqual([]);
    expect(names.filter((name) => name.endsWith('.codec.ts')).sort()).toEqual([
      'com/example/polls/v1/poll_command.codec.ts',
      'com/example/polls/v1/polls.codec.ts',
      'google/protobuf/empty.codec.ts',
      'google/protobuf/timestamp.codec.ts',
    ]);
  });

  it.each(RESOLUTIONS)('compiles with every strict option of TypeScript and the resolution of %s', (_mode, resolution) => {
    const { files, texts } = diagnosticsOf(app, 'src', resolution);
    expect(texts).toEqual([]);
    expect(files).toBeGreaterThan(12);
  });

  it('runs in a browser: generated code needs nothing of Node, and makes no code from text', async () => {
    const text = await bundle(`export * from './dist/generated/models.js'; export * from './dist/generated/commands.js';`, app);
    expect(findings(text, /\bnode:|\bBuffer\b|\bprocess\b|\brequire\b|\beval\b|\bFunction\(/)).toEqual([]);
    // Of this protocol only what theirs contain.
    expect(findings(text, /im\.protocol\.v1\.(?!UserInfo|Terminal)\w+/)).toEqual([]);
    expect(text.split(',>UserInfo').length).toBe(2);
    // Code of each message is made only in one of the forms.
    expect(text.includes(',>OpenPoll')).toBe(form === 'compact');
  });

  interface AnyCodec {
    readonly typeName: string;
    readonly generated: { readonly table: MessageTable };
    encode(message: object): Uint8Array;
    decode(bytes: Uint8Array): object;
    check(value: unknown): { path: string; rule: string }[];
  }
  const codecs = ['Poll', 'OpenPoll', 'Vote', 'Polls', 'PollCard'];
  let models: Record<string, AnyCodec>;
  let lookup: (name: string) => protobuf.Type;

  beforeAll(async () => {
    models = (await import(/* @vite-ignore */ pathToFileURL(join(app, 'dist/generated/models.js')).href)) as typeof models;
    const root = new protobuf.Root();
    root.resolvePath = (_origin, target) => {
      if (target.startsWith('im/options/')) return null;
      if (target.startsWith('google/protobuf/')) return target;
      return join(app, target.startsWith('im/') ? 'node_modules/@im/protocol/proto' : 'proto', target);
    };
    root.loadSync('com/example/polls/v1/polls.proto', { keepCase: true });
    lookup = (name) => root.lookupType(name);
  });

  it.each(codecs)(`read what protobufjs writes of the same .proto file, and the reverse: %s (seed ${SEED})`, (name) => {
    const { typeName, generated, encode, decode } = models[name];
    const theirs = lookup(typeName);
    fc.assert(
      fc.property(messages(generated.table), (message) => {
        expect(decode(encode(message))).toEqual(message);
        expect(decode(theirs.encode(theirs.fromObject(toOracle(generated.table, message))).finish())).toEqual(message);
        expect(decode(theirs.encode(theirs.decode(encode(message))).finish())).toEqual(message);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('judge the rules of their schema, and of the messages of this protocol in them', () => {
    const end = { $case: 'never', value: {} };
    const poll = { pollId: 1n, owner: { userId: 1n, terminal: 2 }, question: '?', choices: ['a', 'b'], openedAt: {}, end };
    const broken = (change: object): string[] =>
      models.Poll.check({ ...poll, ...change }).map(({ path, rule }) => `${path} ${rule}`);
    expect(broken({})).toEqual([]);
    expect(broken({ pollId: 0n, owner: { userId: 0n, terminal: 2 }, choices: ['a', 'a'] })).toEqual([
      'pollId min',
      'owner.userId min',
      'choices unique',
    ]);
    expect(broken({ end: undefined, maxChoices: 11, question: ' ' })).toEqual([
      'question not_blank',
      'maxChoices max',
      'end required',
    ]);
  });

  it('share errors and unknown fields with the package', () => {
    const text = `
      import { isProtocolError, ProtocolError, UNKNOWN_FIELDS } from '@im/protocol';
      import { PollCard } from './dist/generated/models.js';
      const thrown = (run) => { try { run(); } catch (error) { return error; } };
      const error = thrown(() => PollCard.decode(new Uint8Array([8, 0x80])));
      const card = PollCard.decode(new Uint8Array([8, 1, 0x98, 6, 7]));
      console.log(JSON.stringify([error instanceof ProtocolError, isProtocolError(error), error.message, [...card[UNKNOWN_FIELDS]], [...PollCard.encode(card)]]));
    `;
    writeFileSync(join(app, 'shared.mjs'), text);
    expect(JSON.parse(node(['shared.mjs'], app))).toEqual([
      true,
      true,
      '[MALFORMED_PAYLOAD] PollCard.pollId: truncated varint: got 1 bytes without an end, at byte 1',
      [0x98, 6, 7],
      [8, 1, 0x98, 6, 7],
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('both forms in one application, as docs/plugin.md shows', () => {
  const blocks = codeBlocks(readFileSync(join(ROOT, 'docs/plugin.md'), 'utf8')).filter(({ mode }) => mode === 'two-forms');
  const codeOf = (language: string): string => blocks.find((block) => block.language === language)!.code;
  let folder: string;

  /** Adds the subpath import to its package.json. @param change of the text in the page. */
  function setImports(change = (text: string): string => text): void {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, ...JSON.parse(change(codeOf('json'))) }));
  }

  beforeAll(() => {
    folder = folderWith(true);
    writeFileSync(join(folder, 'buf.gen.yaml'), codeOf('yaml'));
    setImports();
    for (const name of readdirSync(join(folder, 'src')).filter((file) => file.endsWith('.ts'))) {
      const path = join(folder, 'src', name);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll("'./generated/", "'#generated/"));
    }
    npm(['run', 'build'], folder);
    const program = `${codeOf('ts')}\nconsole.log('question' in Poll.decode(Poll.encode({ question: '?' })), Poll.generated.table.constructor === Object);`;
    writeFileSync(join(folder, 'main.mjs'), program);
  });

  it('runs generated code in Node', () => {
    expect(node(['main.mjs'], folder)).toBe('true true\n');
    expect(npm(['start', '--silent'], folder)).toContain("bob's vote is counted: tea 1, coffee 0");
  });

  it.each(RESOLUTIONS)('compiles with the resolution of %s', (_mode, resolution) => {
    const folders = { rootDir: join(folder, 'src'), outDir: join(folder, 'dist') };
    expect(diagnosticsOf(folder, 'src', { ...resolution, ...folders }).texts).toEqual([]);
  });

  it('bundles plans alone for a browser', async () => {
    const text = await bundle(codeOf('ts').replace('import', 'export'), folder);
    expect(text).toContain(',>OpenPoll');
    writeFileSync(join(folder, 'bundle.mjs'), await bundle(readFileSync(join(folder, 'main.mjs'), 'utf8'), folder));
    expect(node(['bundle.mjs'], folder)).toBe('true false\n');
  });

  it('works with the sources as targets, for tools that read TypeScript', async () => {
    const { imports } = JSON.parse(codeOf('json')) as { imports: Record<string, object> };
    expect(Object.keys(imports)).toEqual(['#generated/*']);
    rmSync(join(folder, 'dist'), { recursive: true });
    setImports((text) =>
      text.replace('"#generated/*"', '"#generated/*.js"').replaceAll(/dist(\/generated\/\w+\/\*)/g, 'src$1.ts'),
    );
    expect(node([join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'main.mjs'], folder)).toBe('true true\n');
    writeFileSync(join(folder, 'bundle.mjs'), await bundle(readFileSync(join(folder, 'main.mjs'), 'utf8'), folder));
    expect(node(['bundle.mjs'], folder)).toBe('true false\n');
    expect(diagnosticsOf(folder, 'src', RESOLUTIONS[0][1]).texts).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('README.md', () => {
  const blocks = codeBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'));
  const codeOf = (language: string, mode = ''): string =>
    blocks.find((block) => block.language === language && block.mode === mode)!.code;
  let folder: string;

  beforeAll(() => {
    folder = folderWith(false);
    mkdirSync(join(folder, 'proto'));
    writeFileSync(join(folder, 'proto/polls.proto'), codeOf('proto'));
    writeFileSync(join(folder, 'buf.yaml'), codeOf('yaml'));
    const command = blocks
      .find(({ code }) => code.includes('npx buf generate'))!
      .code.split('npx buf ')[1]
      .trim();
    const env = { ...process.env, PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}` };
    const { status, stderr } = spawnSync('buf', command.split(' '), { cwd: folder, env, encoding: 'utf8' });
    expect([stderr, status]).toEqual(['', 0]);
  });

  it('has everything that is needed to generate a command, with the template of the package', () => {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const [, nodenext] = RESOLUTIONS[0];
    expect(diagnosticsOf(folder, 'src/generated', nodenext).texts).toEqual([]);
    expect(readFileSync(join(folder, 'src/generated/commands.ts'), 'utf8')).toContain('OPEN_POLL');
  });

  it.each(['', '{ "type": "module" }', '{ "type": "commonjs" }'])(
    'shows a program that uses the command, run by tsx; package.json: %s',
    (own) => {
      rmSync(join(folder, 'package.json'), { force: true });
      if (own !== '') writeFileSync(join(folder, 'package.json'), own);
      const program = codeOf('ts', 'polls');
      writeFileSync(join(folder, 'polls.mts'), program);
      const [, output] = /^\/\/ => (.*)$/m.exec(program)!;
      expect(node([join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'polls.mts'], folder)).toBe(`${output}\n`);
    },
  );
});

describe.skipIf(process.platform === 'win32')('buf generate', () => {
  const template = (opt: string): string =>
    JSON.stringify({
      version: 'v2',
      inputs: [{ directory: 'proto' }],
      plugins: [
        { local: 'protoc-gen-im-protocol', out: 'generated', strategy: 'all', include_imports: true, include_wkt: true, opt },
      ],
    });

  /** Runs it as npm would, in a folder of its own. */
  function generateIn(folder: string, opt: string, protos = 'proto'): { status: number | null; stderr: string } {
    writeFileSync(
      join(folder, 'buf.yaml'),
      `{ "version": "v2", "modules": [{ "path": "proto" }, { "path": "node_modules/@im/protocol/${protos}" }] }`,
    );
    const env = { ...process.env, PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}` };
    return spawnSync('buf', ['generate', '--template', template(opt)], { cwd: folder, env, encoding: 'utf8' });
  }

  function withProto(text: string): string {
    const folder = folderWith(false);
    mkdirSync(join(folder, 'proto'));
    writeFileSync(join(folder, 'proto/a.proto'), `syntax = "proto3"; package com.example.a.v1; ${text}`);
    return folder;
  }

  it('makes CommonJS work: what is read moves the cursor that generated code sees', () => {
    const folder = withProto('message A { int64 a = 1; repeated uint64 list = 2; map<string, A> map = 3; string text = 4; }');
    expect(generateIn(folder, '')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    const program = `
      import { A } from './generated/models.js';
      const long = 'x'.repeat(300);
      const bytes = A.encode({ a: 1n << 40n, list: [1n, 300n, 1n << 63n], map: new Map([[long, { a: -1n, text: long }]]) });
      const { a, list, map } = A.decode(bytes);
      console.log(JSON.stringify([a, list, map.get(long)?.a, map.get(long)?.text === long], (_, v) => typeof v === 'bigint' ? String(v) : v), typeof require);`;
    writeFileSync(join(folder, 'main.ts'), program);
    const tsconfig = {
      compilerOptions: { module: 'NodeNext', target: 'ES2022', strict: true, types: ['node'], outDir: 'dist', rootDir: '.' },
      files: ['main.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    expect(node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder)).toBe('');
    expect(node(['dist/main.js'], folder)).toBe('["1099511627776",["1","300","9223372036854775808"],"-1",true] function\n');
  });

  it.each(['form=fast', 'form=compact'])('checks rules of buf.validate as docs/plugin.md shows, %s', (form) => {
    const blocks = codeBlocks(readFileSync(join(ROOT, 'docs/plugin.md'), 'utf8')).filter(({ mode }) => mode === 'buf-validate');
    const [proto, ts] = ['proto', 'ts'].map((language) => blocks.find((block) => block.language === language)!.code);
    const folder = withProto(proto);
    expect(generateIn(folder, form, 'proto-protovalidate')).toMatchObject({ status: 0, stderr: '' });
    const [call, result] = ts.split(';\n');
    const program = `
      import { deepStrictEqual } from 'node:assert/strict';
      import { Account } from './generated/models.js';
      deepStrictEqual(${call}, ${result.replaceAll('// ', '')});
      console.log(Account.check({ name: 'al', email: 'al@example.com' }).length);`;
    writeFileSync(join(folder, 'main.mts'), program);
    expect(node([join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'main.mts'], folder)).toBe('0\n');
  });

  it('makes zod schemas where they are asked for, which take those of this protocol from the package', () => {
    const rule = '[(im.options.v1.field) = {max_bytes: 2}]';
    const imports = 'import "im/options/v1/options.proto"; import "im/protocol/v1/user_info.proto";';
    const folder = withProto(`${imports} message A { string a = 1 ${rule}; im.protocol.v1.UserInfo user = 2; }`);
    expect(generateIn(folder, 'zod=true')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const program = `
      import { ASchema } from './generated/a.zod.js';
      const valid = (value: unknown) => ASchema.safeParse(value).success;
      console.log(valid({ a: 'ab', user: { userId: 1n, terminal: 1 } }), valid({ a: 'abc' }), valid({ user: { userId: 0n, terminal: 1 } }));`;
    writeFileSync(join(folder, 'main.ts'), program);
    const tsconfig = {
      compilerOptions: {
        module: 'NodeNext',
        target: 'ES2022',
        strict: true,
        types: ['node'],
        outDir: 'dist',
        rootDir: '.',
        skipLibCheck: true,
      },
      files: ['main.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    expect(node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder)).toBe('');
    expect(node(['dist/main.js'], folder)).toBe('true false false\n');
  });

  it('makes code of every type of protobuf, and of names that are taken, which compiles with every strict option', () => {
    const folder = folderWith(false);
    for (const name of ['v1/all_types.proto', 'names']) {
      cpSync(join(ROOT, 'test/fixtures/proto/im/fixture', name), join(folder, 'proto/im/fixture', name), { recursive: true });
    }
    expect(generateIn(folder, 'zod=true')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const [, nodenext] = RESOLUTIONS[0];
    expect(diagnosticsOf(folder, 'generated', nodenext).texts).toEqual([]);
  });

  it('tells what is wrong, without a stack', () => {
    const folder = withProto('message A {}');
    const { status, stderr } = generateIn(folder, 'mood=good');
    expect(status).not.toBe(0);
    expect(stderr).toContain('unknown option mood: expected runtime, zod');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(generateIn(folder, 'form=small').stderr).toContain('option form=small: expected fast or compact');
  });

  it('says which package is missing', () => {
    const folder = withProto('message A {}');
    rmSync(join(folder, 'node_modules/ts-proto'));
    expect(generateIn(folder, '').stderr).toContain('the package ts-proto is not installed: npm install --save-dev ts-proto');
  });
});

describe.skipIf(process.platform === 'win32')('protoc-gen-im-protocol by hand', () => {
  const run = (...args: string[]) =>
    spawnSync(join(app, 'node_modules/.bin/protoc-gen-im-protocol'), args, { encoding: 'utf8', input: '' });

  it('tells its version and how it is used', () => {
    expect(run('--version').stdout).toMatch(/^protoc-gen-im-protocol \d+\.\d+\.\d+\n$/);
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('buf.gen.yaml') });
    expect(run('--mood')).toMatchObject({ status: 2, stderr: expect.stringContaining('buf.gen.yaml') });
  });

  it('carries no compiler', () => {
    const plugin = readFileSync(join(app, 'node_modules/@im/protocol/dist/plugin/main.js'), 'utf8');
    expect(plugin.match(/^import .* from "(?!node:).*$/gm)).toBeNull();
    expect(plugin.length).toBeLessThan(600_000);
  });
});
