// Applications that install the package, and the code that must work in them.

export interface Project {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Test modules by file name; each throws if it fails. */
  readonly check: Readonly<Record<string, string>>;
}

/** A server and a client over TCP, with the installed packages. */
const TCP = `
  const server = await listen({ host: '127.0.0.1', login: () => ({ userId: 1n, terminal: 1 }), message: ({ cmd }) => ({ cmd }) });
  const client = await connect('tcp://127.0.0.1:' + server.port, { login: { accessToken: 'token' } });
  assert.equal(client.state, 'authenticated');
  await client.close();
  await server.close();
`;
const ESM = `import assert from 'node:assert'; import { connect, listen } from '@im/protocol/node';`;
const CJS = `const assert = require('node:assert'); const { connect, listen } = require('@im/protocol/node');`;

/** An entry that needs another version of a package reports it. */
const TOO_OLD = `
  await assert.rejects(connect('ws://127.0.0.1:1', { login: { accessToken: 'token' } }), /WebSocket needs the package ws, version 8\\.23\\.0/);
  const { createDeflate } = await import('@im/protocol/pako');
  assert.throws(createDeflate, /createDeflate needs pako 3 or newer/);
`;

/** The messages of schemas are those of this package, with any installed zod. */
const SCHEMAS = `
  import assert from 'node:assert';
  import { SendInfo } from '@im/protocol';
  import { SendInfoSchema } from '@im/protocol/zod';
  const message = (accessToken) => ({ cmd: 1, sequence: 1, data: { $case: 'login', value: { accessToken } } });
  assert.equal(SendInfoSchema.safeParse(message('token')).success, true);
  for (const broken of [message(''), { ...message('token'), unknown: 1 }, { cmd: 'LOGIN' }, null])
    assert.deepEqual(SendInfoSchema.safeParse(broken).error.issues.map(({ message }) => message), SendInfo.check(broken).map(({ message }) => message));
`;

export const projects: readonly Project[] = [
  {
    name: 'an empty project',
    dependencies: {},
    check: { 'tcp.mjs': ESM + TCP, 'tcp.cjs': `${CJS} (async () => { ${TCP} })();` },
  },
  {
    name: 'a project with old versions',
    dependencies: { zod: '3.22.4', pako: '1', protobufjs: '7', ws: '7', 'ts-proto': '1' },
    check: { 'tcp.mjs': ESM + TCP + TOO_OLD, 'tcp.cjs': `${CJS} (async () => { ${TCP}${TOO_OLD} })();` },
  },
  {
    name: 'a project with zod 3.25, pako 2 and ws 8.18',
    dependencies: { zod: '3.25.76', pako: '2', protobufjs: '7', ws: '8.18.3', 'ts-proto': '1' },
    check: { 'tcp.mjs': ESM + TCP + TOO_OLD, 'schemas.mjs': SCHEMAS },
  },
  {
    name: 'a project with zod 4.0',
    dependencies: { zod: '4.0.0' },
    check: { 'schemas.mjs': SCHEMAS },
  },
];
