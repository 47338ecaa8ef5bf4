// What talks to others: handshake and vectors.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Terminal } from '../../src/index.js';
import { listen, type Server } from '../../src/node/index.js';
import { ROOT } from '../package/root.js';
import { cli, cliAsync, MAIN } from './cli.js';

describe('handshake', () => {
  let server: Server;
  beforeAll(async () => {
    server = await listen({
      host: '127.0.0.1',
      login: async ({ accessToken }) => {
        if (accessToken !== 'abc') throw new Error('no');
        return { userId: 7n, terminal: Terminal.APP, sessionId: 's-1' };
      },
      message: async () => undefined,
    });
  });
  afterAll(() => server.close());

  it.each(['tcp', 'ws'])('shows what is agreed over %s, and heartbeats', async (scheme) => {
    const { code, stdout, stderr } = await cliAsync(['handshake', `${scheme}://127.0.0.1:${server.port}`, '--heartbeats', '2']);
    expect([code, stderr]).toEqual([0, '']);
    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^ *[\d.]+ ms {2}/, '').replace(/ {2}.*/, ''));
    expect(steps).toEqual([
      'connected',
      'sent Hello',
      'received Welcome',
      ...Array(2).fill(['sent SendInfo', 'received SendInfo', 'round trip']).flat(),
      'agreed',
    ]);
    expect(stdout).toContain('"version":2');
    if (scheme === 'ws') expect(stdout).toContain('"subprotocol":"im.v2"');
  });

  it('logs in, and shows no token', async () => {
    const { code, stdout } = await cliAsync(['handshake', '--json', `tcp://127.0.0.1:${server.port}`], { IM_TOKEN: 'abc' });
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.find(({ details }) => details.session !== undefined).details.session).toEqual({
      userId: '7',
      terminal: 'TERMINAL_APP',
      sessionId: '[redacted]',
    });
    expect(stdout).not.toContain('abc');
  });

  it('ends with 1 where the server refuses, does not answer, or is not there', async () => {
    const refused = await cliAsync(['handshake', `tcp://127.0.0.1:${server.port}`, '--versions', '5']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('[NO_COMMON_VERSION]');
    const login = await cliAsync(['handshake', `tcp://127.0.0.1:${server.port}`, '--token', 'wrong']);
    expect(login.code).toBe(1);
    const missing = await cliAsync(['handshake', 'tcp://127.0.0.1:1']);
    expect([missing.code, missing.stderr]).toEqual([1, 'im-protocol: cannot connect: connect ECONNREFUSED 127.0.0.1:1\n']);
  });

  it.each([[[]], [['http://x']], [['tcp://x']], [['tcp://127.0.0.1:1', '--versions', 'x']]])('%j is refused', (args) => {
    expect(cli(['handshake', ...args]).code).toBe(2);
  });
});

describe('handshake with what is no server of ours', () => {
  const servers: (HttpServer | NetServer)[] = [];
  const portOf = async (server: HttpServer | NetServer): Promise<number> => {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const pem = (name: string): Buffer => readFileSync(join(ROOT, 'test/node/tls', name));
  const handshake = async (...args: string[]): Promise<[number | null, string]> => {
    const { code, stderr } = await cliAsync(['handshake', '--timeout', '2000', ...args]);
    return [code, stderr];
  };

  it('says what HTTP answers', async () => {
    const port = await portOf(createHttpServer((_request, response) => response.end('hi')));
    expect(await handshake(`ws://127.0.0.1:${port}`)).toEqual([
      1,
      'im-protocol: cannot connect: the server responded with HTTP 200 instead of a WebSocket\n',
    ]);
    const [code, stderr] = await handshake(`tcp://127.0.0.1:${port}`);
    expect(code).toBe(1);
    expect(stderr).toContain('[FOREIGN_PROTOCOL]');
    expect(await handshake(`tls://127.0.0.1:${port}`)).toEqual([1, 'im-protocol: cannot connect: TLS: wrong version number\n']);
  });

  it('says why a certificate is refused, and accepts it with --insecure', async () => {
    const port = await portOf(
      createHttpsServer({ cert: pem('cert.pem'), key: pem('key.pem') }, (_request, response) => response.end()),
    );
    for (const scheme of ['wss', 'tls']) {
      const [code, stderr] = await handshake(`${scheme}://127.0.0.1:${port}`);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^im-protocol: cannot connect: .*certificate.* \(--insecure accepts any certificate\)\n$/);
    }
    expect(await handshake('--insecure', `wss://127.0.0.1:${port}`)).toEqual([
      1,
      'im-protocol: cannot connect: the server responded with HTTP 200 instead of a WebSocket\n',
    ]);
  });

  it('waits no longer than the timeout, and says when a server goes', async () => {
    const silent = await portOf(createNetServer((socket) => void socket.on('error', () => {})));
    for (const scheme of ['ws', 'tls']) {
      const found = await handshake('--timeout', '200', `${scheme}://127.0.0.1:${silent}`);
      expect(found).toEqual([1, 'im-protocol: no connection to the server within 200 ms\n']);
    }
    expect(await handshake('--timeout', '200', `tcp://127.0.0.1:${silent}`)).toEqual([
      1,
      'im-protocol: no data from the server within 200 ms\n',
    ]);
    const closing = await portOf(createNetServer((socket) => socket.on('error', () => {}).end()));
    const [code, stderr] = await handshake(`tcp://127.0.0.1:${closing}`);
    expect([code, stderr]).toEqual([3, 'im-protocol: [TRUNCATED] the server closed the connection\n']);
  });

  it('shows of a URL what is no secret', async () => {
    const port = await portOf(createNetServer((socket) => socket.on('error', () => {}).end()));
    const { stdout } = await cliAsync(['handshake', `tcp://user:secret@127.0.0.1:${port}/?token=secret`]);
    expect(stdout).toContain(`{"url":"tcp://127.0.0.1:${port}/"}`);
    expect(stdout).not.toContain('secret');
  });

  it('wants a URL that a WebSocket may have', async () => {
    expect(await handshake('ws://127.0.0.1:1/#x')).toEqual([2, 'im-protocol: a WebSocket URL cannot have a fragment\n']);
  });
});

describe('vectors', () => {
  const answering = ['--', process.execPath, MAIN, 'vectors', '--answer'];

  it('all pass against this implementation', () => {
    const { code, stdout, stderr } = cli(['vectors', ...answering]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^im-protocol: \d{4,} passed, 0 failed, 0 skipped\n$/);
  });

  /** An implementation as a script: `answer` is an expression of `request`. */
  const script = (answer: string): string[] => [
    '--',
    process.execPath,
    '-e',
    `require('node:readline').createInterface(process.stdin).on('line', (line) => { const request = JSON.parse(line); console.log(JSON.stringify(${answer})); })`,
  ];

  it('tells what an implementation gets wrong, or leaves out', () => {
    const only = ['vectors', '--only', 'user-info-minimal'];
    const wrong = cli([...only, ...script('({ id: request.id, frame: {} })')]);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^models\/user-info-minimal, decode: expected frame \{"version":1,.*, got \{\}$/m);
    const skipped = cli([...only, '--json', ...script('({ skip: "no" })')]);
    expect(skipped.code).toBe(0);
    expect(JSON.parse(skipped.stdout.split('\n')[0])).toEqual({
      file: 'models',
      vector: 'user-info-minimal',
      op: 'decode',
      outcome: 'skipped',
      text: 'no',
    });
  });

  it('an error that says less passes, one that says something else does not', () => {
    const only = ['vectors', '--only', 'varint-eleven-bytes'];
    const refusing = (error: string): string[] => script(`request.op === "decode" ? { error: ${error} } : { skip: "" }`);
    expect(cli([...only, ...refusing('{ code: "MALFORMED_PAYLOAD" }')]).code).toBe(0);
    expect(cli([...only, ...refusing('{ code: "MALFORMED_PAYLOAD", offset: 8 }')]).code).toBe(1);
  });

  it('an issue that is none is wrong, and no fault of ours', () => {
    const only = ['vectors', '--only', 'login-access-token-empty', '--json'];
    const { code, stdout } = cli([...only, ...script('({ error: { code: "INVALID_MESSAGE", issues: [null] } })')]);
    expect([code, JSON.parse(stdout.split('\n')[0]).outcome]).toEqual([1, 'failed']);
  });

  describe('of an implementation that does less', () => {
    const accepting = script('request.op === "decode" ? { frame: {} } : { outcomes: [{ frame: {} }] }');
    const codeOf = (only: string, options: readonly string[], answers = accepting): number | null =>
      cli(['vectors', '--only', only, ...options, ...answers]).code;

    it.each(['login-access-token-empty', 'send-login-without-data'])('--no-rules lets pass that %s is accepted', (only) => {
      expect([codeOf(only, []), codeOf(only, ['--protobuf']), codeOf(only, ['--no-rules'])]).toEqual([1, 1, 0]);
    });

    it('--protobuf lets pass that bytes are read which the protocol alone refuses', () => {
      const only = 'wrong-type-int64-as-fixed64';
      expect([codeOf(only, []), codeOf(only, ['--no-rules']), codeOf(only, ['--protobuf'])]).toEqual([1, 1, 0]);
    });

    it.each(['length-3', 'truncated-after-9-bytes', 'varint-eleven-bytes'])('neither lets pass that %s is accepted', (only) => {
      expect(codeOf(only, ['--no-rules', '--protobuf'])).toBe(1);
    });

    it('what is refused all the same has its own code', () => {
      const other = script('request.op === "decode" ? { error: { code: "TRUNCATED" } } : { skip: "" }');
      expect(codeOf('login-access-token-empty', ['--no-rules'], other)).toBe(1);
    });

    it('--protobuf compares what bytes mean, unknown fields too', () => {
      const encoding = (hex: string): string[] => script(`request.op.endsWith("encode") ? { hex: "${hex}" } : { skip: "" }`);
      const reordered = encoding('000000080103000010010801');
      expect([codeOf('user-info-minimal', [], reordered), codeOf('user-info-minimal', ['--protobuf'], reordered)]).toEqual([
        1, 0,
      ]);
      expect(codeOf('user-info-minimal', ['--protobuf'], encoding('000000080103000010010802'))).toBe(1);
      expect(codeOf('user-info-minimal', ['--protobuf'], encoding('ff'))).toBe(1);
      // Two fields that UserInfo does not have.
      const lost = cli(['vectors', '--only', 'unknown-fields-before-known', '--protobuf', ...reordered]);
      expect(lost.stdout).toContain('$unknown');
    });

    it('--protobuf wants no $unknown in JSON', () => {
      const [decode] = cli(['vectors', '--list', '--only', 'unknown-fields-before-known']).stdout.split('\n');
      const { frame } = JSON.parse(cli(['vectors', '--answer'], decode).stdout);
      delete frame.message.$unknown;
      const without = script(`request.op === "decode" ? { frame: ${JSON.stringify(frame)} } : { skip: "" }`);
      const only = 'unknown-fields-before-known';
      expect([codeOf(only, [], without), codeOf(only, ['--protobuf'], without)]).toEqual([1, 0]);
    });

    it('accepted deviations are reported', () => {
      const { stdout } = cli(['vectors', '--only', 'login-access-token-empty', '--no-rules', '--json', ...accepting]);
      expect(JSON.parse(stdout.split('\n')[0])).toEqual({
        file: 'limits',
        vector: 'login-access-token-empty',
        op: 'decode',
        outcome: 'passed',
        text: 'accepted: rules are not checked',
      });
    });
  });

  it.each([
    ['ends', ['--', 'true'], 'the implementation exited before it answered request 1'],
    ['does not exist', ['--', 'no-such-command'], 'cannot start no-such-command'],
    [
      'writes no JSON',
      ['--', process.execPath, '-e', 'console.log("hi"); process.stdin.resume()'],
      'the answer to request 1 is not JSON: "hi"',
    ],
    [
      'does not answer',
      ['--timeout', '200', '--', process.execPath, '-e', 'process.stdin.resume()'],
      'no answer to request 1 within 200 ms',
    ],
  ])('an implementation that %s is reported', (_name, args, message) => {
    const { code, stderr } = cli(['vectors', '--only', 'user-info-minimal', ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('--list prints the requests', () => {
    const rows = cli(['vectors', '--list', '--only', 'user-info-minimal']).stdout.trimEnd().split('\n');
    expect(rows.map((row) => JSON.parse(row).op)).toEqual(['decode', 'decodeStream', 'encode', 'reencode']);
  });
});
