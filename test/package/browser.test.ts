import vm from 'node:vm';
import { describe, expect, inject, it } from 'vitest';
import { bundle, findings } from './bundle.js';

const consumer = inject('consumer');

const ENTRIES = ['', '/codecs', '/json', '/frame', '/zod', '/web', '/pako'].map((path) => `@im/protocol${path}`);
/** What only Node has, and what makes code from text. */
const FORBIDDEN = [/\bnode:/, /\bBuffer\b/, /\bprocess\b/, /\brequire\b/, /\beval\b/, /\bnew Function\b/, /\bFunction\(/];

it.each(ENTRIES)('%s needs nothing of Node in a browser, and makes no code from text', async (entry) => {
  // What the peers do is their affair. How zod/mini does without code from text is tried below.
  const text = await bundle(`export * from '${entry}';`, consumer, {
    external: ['zod', ...(entry.endsWith('/pako') ? ['pako'] : [])],
  });
  expect(text.length).toBeGreaterThan(1000);
  expect(FORBIDDEN.flatMap((pattern) => findings(text, pattern))).toEqual([]);
});

it('@im/protocol/node is refused by a bundler for browsers: it imports modules of Node', async () => {
  await expect(bundle(`export * from '@im/protocol/node';`, consumer)).rejects.toThrow('Could not resolve "node:');
});

describe('a bare context: the language, TextEncoder and TextDecoder, no code from text', () => {
  const run = async (text: string): Promise<unknown> => {
    const context = vm.createContext({ TextEncoder, TextDecoder }, { codeGeneration: { strings: false, wasm: false } });
    vm.runInContext(await bundle(text, consumer, { format: 'iife' }), context);
    return JSON.parse(vm.runInContext('JSON.stringify(bundle.result)', context) as string);
  };

  it('encodes and decodes messages and frames', async () => {
    const result = await run(`
      import { Command, decodeFrame, encodeFrame, FrameDecoder, PrivateMessage, SendInfo } from '@im/protocol';
      const content = { messageId: 9007199254740993n, body: { $case: 'text', value: { text: '你好 👋, a text of more than sixteen bytes' } } };
      const value = PrivateMessage.create({ sender: { userId: 1n, terminal: 2 }, receiverId: 2n, content });
      const bytes = encodeFrame('SendInfo', { cmd: Command.PRIVATE_MESSAGE, sequence: 7, data: { $case: 'privateMessage', value } });
      const { message } = decodeFrame(bytes);
      const again = encodeFrame('SendInfo', message);
      const decoder = new FrameDecoder();
      const streamed = [...bytes].flatMap((byte) => decoder.push(new Uint8Array([byte])));
      const { messageId, body } = streamed[0].message.data.value.content;
      export const result = [String(again) === String(bytes), streamed.length, String(messageId), body.value.text, SendInfo.check(message)];
    `);
    expect(result).toEqual([true, 1, '9007199254740993', '你好 👋, a text of more than sixteen bytes', []]);
  });

  it('throws errors that explain', async () => {
    const result = await run(`
      import { isProtocolError, ProtocolError, SendInfo } from '@im/protocol';
      const thrown = (run) => { try { run(); } catch (error) { return error; } };
      const error = thrown(() => SendInfo.decode(new Uint8Array([8, 0x80])));
      export const result = [error instanceof ProtocolError, isProtocolError(error, 'MALFORMED_PAYLOAD'), error.path];
    `);
    expect(result).toEqual([true, true, 'cmd']);
  });

  it('has JSON, zod schemas and raw DEFLATE', async () => {
    const result = await run(`
      import { HeartbeatInfo } from '@im/protocol';
      import { fromJSON, toJSON } from '@im/protocol/json';
      import { createDeflate } from '@im/protocol/pako';
      import { HeartbeatInfoSchema } from '@im/protocol/zod';
      const json = toJSON('HeartbeatInfo', { sentAtMs: 5n });
      const bytes = HeartbeatInfo.encode(fromJSON('HeartbeatInfo', json));
      const { deflate, inflate } = createDeflate();
      export const result = [json, [...inflate(deflate(bytes), 100)], HeartbeatInfoSchema.safeParse({ sentAtMs: -1n }).success];
    `);
    expect(result).toEqual([{ sentAtMs: '5' }, [8, 5], false]);
  });
});
