import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, inject, it } from 'vitest';
import { CODE_ENTRIES, specifier } from './manifest.js';
import { node } from './run.js';

const consumer = inject('consumer');

/** Runs a module in the folder of the consumer; what it prints is JSON. */
function run(name: string, text: string): unknown {
  writeFileSync(join(consumer, name), text);
  return JSON.parse(node([name], consumer));
}

describe.each(CODE_ENTRIES.map(specifier))('%s', (entry) => {
  const keys = 'console.log(JSON.stringify(Object.keys(entry).filter((key) => key !== "default").sort()));';

  it('gives the same names to import and to require', () => {
    const imported = run('names.mjs', `import * as entry from '${entry}'; ${keys}`);
    const required = run('names.cjs', `const entry = require('${entry}'); ${keys}`);
    expect(required).toEqual(imported);
    expect(imported).not.toEqual([]);
  });
});

describe('both copies of the package in one process', () => {
  const both = `
    import { createRequire } from 'node:module';
    import * as esm from '@im/protocol';
    const cjs = createRequire(import.meta.url)('@im/protocol');
    const thrown = (run) => { try { run(); } catch (error) { return error; } };
    const print = (value) => console.log(JSON.stringify(value));
  `;

  it('take each other for what they are: errors', () => {
    const errors = run(
      'errors.mjs',
      `${both}
      const [a, b] = [esm, cjs].map((copy) => thrown(() => copy.SendInfo.decode(new Uint8Array([0]))));
      print([a.code, b.code, a instanceof cjs.ProtocolError, b instanceof esm.ProtocolError, cjs.isProtocolError(a), esm.ProtocolError !== cjs.ProtocolError]);`,
    );
    expect(errors).toEqual(['MALFORMED_PAYLOAD', 'MALFORMED_PAYLOAD', true, true, true, true]);
  });

  it('take each other for what they are: messages, with what is unknown in them', () => {
    // cmd 2, and field 2000 = 1, which no schema has.
    const bytes = [8, 2, 0x80, 0x7d, 1];
    const again = run(
      'messages.mjs',
      `${both}
      const message = esm.SendInfo.decode(new Uint8Array(${JSON.stringify(bytes)}));
      print([[...cjs.SendInfo.encode(message)], esm.UNKNOWN_FIELDS === cjs.UNKNOWN_FIELDS, cjs.SendInfo.check(esm.SendInfo.decode(new Uint8Array(0))).map((issue) => issue.path)]);`,
    );
    expect(again).toEqual([bytes, true, ['cmd']]);
  });

  it.each([
    'codecs',
    'json',
    'frame',
    'zod',
    'web',
    'pako',
    'codegen/v1',
    'codegen/v1/zod',
    'codegen/v1/rules',
    'node',
    'otel',
    'rocketmq',
    'server',
  ])('the entry ./%s shares its classes with the main one, in each format', (name) => {
    // What all entries of a format have in common is one module: the same function object.
    const shared = run(
      'shared.mjs',
      `${both}
      import * as entry from '@im/protocol/${name}';
      const required = createRequire(import.meta.url)('@im/protocol/${name}');
      const same = (a, b) => Object.keys(a).filter((key) => key in b && a[key] !== b[key] && key !== 'default');
      print([same(entry, esm), same(required, cjs)]);`,
    );
    expect(shared).toEqual([[], []]);
  });
});

describe('what is no code', () => {
  const { resolve } = createRequire(join(consumer, 'index.js'));

  it('./proto/* are the files of the schema', () => {
    expect(readFileSync(resolve('@im/protocol/proto/im/protocol/v1/send_info.proto'), 'utf8')).toContain('message SendInfo {');
    expect(readFileSync(resolve('@im/protocol/proto/im/options/v1/options.proto'), 'utf8')).toContain(
      'extend google.protobuf.FieldOptions',
    );
  });

  it('./descriptor is the compiled schema, with all imports and comments', () => {
    const { file } = fromBinary(FileDescriptorSetSchema, readFileSync(resolve('@im/protocol/descriptor')));
    const names = file.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['google/protobuf/any.proto', 'im/options/v1/options.proto', 'im/protocol/v1/send_info.proto']),
    );
    expect(names.filter((name) => /fixture/.test(name))).toEqual([]);
    expect(file.find(({ name }) => name === 'im/protocol/v1/send_info.proto')?.sourceCodeInfo?.location.length).toBeGreaterThan(
      10,
    );
  });

  it('./vectors/* are the test vectors', () => {
    const folder = join(consumer, 'node_modules/@im/protocol/vectors');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) JSON.parse(readFileSync(resolve(`@im/protocol/vectors/${name}`), 'utf8'));
  });

  it('./wireshark/im-protocol.lua is the dissector', () => {
    expect(readFileSync(resolve('@im/protocol/wireshark/im-protocol.lua'), 'utf8')).toContain("register_heuristic('tcp'");
  });

  it('./templates/* are for buf, and name the folder of the schema; and a dashboard for Grafana', () => {
    const folder = join(consumer, 'node_modules/@im/protocol/templates');
    const files = readdirSync(folder).filter((name) => name !== 'grafana-dashboard.json');
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      expect(name).toMatch(/^buf\.gen(\.\w+)+\.yaml$/);
      expect(readFileSync(resolve(`@im/protocol/templates/${name}`), 'utf8')).toContain('node_modules/@im/protocol/proto');
    }
    const dashboard = JSON.parse(readFileSync(resolve('@im/protocol/templates/grafana-dashboard.json'), 'utf8'));
    expect(dashboard.panels.length).toBeGreaterThan(0);
  });

  it('./package.json can be read', () => {
    expect(JSON.parse(readFileSync(resolve('@im/protocol/package.json'), 'utf8'))).toMatchObject({ name: '@im/protocol' });
  });
});
