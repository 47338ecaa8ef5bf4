// What the web flavour asks of its environment: at import nothing, later no more than ECMAScript has, unless a function needs a socket.
import vm from 'node:vm';
import { describe, expect, inject, it } from 'vitest';
import { bundle } from './bundle.js';
import { CODE_ENTRIES, specifier } from './manifest.js';

const consumer = inject('consumer');
const NODE_ENTRIES = ['./node', './otel', './rocketmq', './server'];
const ENTRIES = CODE_ENTRIES.filter((name) => !NODE_ENTRIES.includes(name));

/** Names that the language has: those of a new realm without what V8 adds. */
const LANGUAGE = new Set(
  (vm.runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]).filter(
    (name) => !['console', 'WebAssembly', 'escape', 'unescape'].includes(name),
  ),
);

/** Removes what is newer than ES2020. */
const ES2020 = `
  for (const list of [Array, Object.getPrototypeOf(Uint8Array)])
    for (const name of ['at', 'findLast', 'findLastIndex', 'toSpliced', 'toSorted', 'toReversed', 'with']) delete list.prototype[name];
  for (const name of ['at', 'replaceAll', 'isWellFormed', 'toWellFormed']) delete String.prototype[name];
  for (const name of ['hasOwn', 'groupBy']) delete Object[name];
  for (const name of ['any', 'withResolvers', 'try']) delete Promise[name];
  delete Array.fromAsync;
  for (const name of ['WeakRef', 'FinalizationRegistry', 'AggregateError', 'Iterator']) delete globalThis[name];
`;

/** Names that an environment may have beyond the language. */
const OTHERS = [
  ...Object.getOwnPropertyNames(globalThis),
  ...['window', 'self', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB', 'IDBKeyRange'],
  ...[
    'Worker',
    'WebSocket',
    'XMLHttpRequest',
    'BroadcastChannel',
    'addEventListener',
    'removeEventListener',
    'require',
    'process',
  ],
].filter((name) => !LANGUAGE.has(name) && name !== 'console');

/** Runs code in a realm without other globals. Returns the names of OTHERS that it looked up. */
function lookups(code: string): { names: string[]; context: vm.Context } {
  const names = new Set<string>();
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  for (const name of OTHERS) {
    const get = (): undefined => void names.add(name);
    const set = (value: unknown): void => void Object.defineProperty(context, name, { value, configurable: true });
    Object.defineProperty(context, name, { get, set, configurable: true });
  }
  vm.runInContext(ES2020, context);
  names.clear();
  vm.runInContext(code, context);
  return { names: [...names], context };
}

it('notices what is looked up', () => {
  const { names } = lookups(`const a = typeof TextEncoder; const b = globalThis.crypto; const c = Object.keys([]); 0;`);
  expect(names.sort()).toEqual(['TextEncoder', 'crypto']);
});

describe.each(ENTRIES.map(specifier))('import of %s', (entry) => {
  it('looks up no global beyond the language', async () => {
    // zod and pako are others' code: they are stood in for.
    const text = await bundle(`import * as entry from '${entry}'; export const names = Object.keys(entry);`, consumer, {
      format: 'iife',
      external: ['zod', 'zod/mini', 'pako'],
    });
    const standIn = `globalThis.require = () => new Proxy(function () {}, { get: (target, name) => name === Symbol.toPrimitive ? () => '' : () => target });`;
    const { names, context } = lookups(`${standIn}${text}`);
    expect(names).toEqual([]);
    expect(vm.runInContext('bundle.names.length', context)).toBeGreaterThan(0);
  });
});

describe('a realm with the language alone', () => {
  const run = async (text: string): Promise<unknown> => {
    const { context } = lookups(await bundle(text, consumer, { format: 'iife', target: 'es2020' }));
    return JSON.parse(vm.runInContext('JSON.stringify(bundle.result())', context) as string);
  };

  it('encodes, decodes, checks, inspects and converts texts of all kinds', async () => {
    const result = await run(`
      import { decodeFrame, encodeFrame, FrameDecoder, SendInfo } from '@im/protocol';
      import { inspect } from '@im/protocol/inspect';
      import { toJSON } from '@im/protocol/json';
      export const result = () => {
        const texts = ['a', '\\ufeff\\u4f60\\u597d'.repeat(100), '\\ud83d\\ude00 '.repeat(50), 'x'.repeat(300)];
        const frames = texts.map((text) => encodeFrame('SendInfo', { cmd: 4, sequence: 1, data: { $case: 'privateMessage', value: {
          sender: { userId: 1n, terminal: 1 }, receiverId: 2n, content: { clientMessageId: 'id', body: { $case: 'text', value: { text } } } } } }));
        const back = frames.map((bytes) => decodeFrame(bytes).message.data.value.content.body.value.text);
        const decoder = new FrameDecoder();
        const streamed = frames.flatMap((bytes) => decoder.push(bytes)).length;
        const { parts, problems } = inspect(frames[1]);
        return [back.every((text, i) => text === texts[i]), streamed, parts.length > 0, problems.length,
          toJSON('SendInfo', decodeFrame(frames[0]).message).cmd, SendInfo.check({ cmd: 4, sequence: 1 }).length > 0];
      };
    `);
    expect(result).toEqual([true, 4, true, 0, 'COMMAND_PRIVATE_MESSAGE', true]);
  });

  it('refuses bad texts, both ways', async () => {
    const result = await run(`
      import { encodeFrame, decodeFrame } from '@im/protocol';
      const code = (call) => { try { call(); return 'none'; } catch (error) { return error.code; } };
      const bad = encodeFrame('Reject', { code: 4, message: 'text' });
      bad.set([0xc0, 0x80], bad.length - 2);
      export const result = () => [
        code(() => encodeFrame('Reject', { code: 4, message: 'a\\ud800' })),
        code(() => decodeFrame(bad)),
      ];
    `);
    expect(result).toEqual(['INVALID_MESSAGE', 'MALFORMED_PAYLOAD']);
  });
});
