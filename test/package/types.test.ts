import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, inject, it } from 'vitest';

const consumer = inject('consumer');

/** What a user writes: every entry, names that are type and value, frames that narrow. */
const PROGRAM = `
import { Command, decodeFrame, encodeFrame, FrameDecoder, isProtocolError, type Issue, SendInfo, type SendInfoInit } from '@im/protocol';
import { decodeSendInfo, encodeSendInfo } from '@im/protocol/codecs';
import { FrameSplitter } from '@im/protocol/frame';
import { fromJSON, toJSON } from '@im/protocol/json';
import { createDeflate } from '@im/protocol/node';
import { createDeflate as createWebDeflate, type Deflate } from '@im/protocol/pako';
import { SendInfoSchema } from '@im/protocol/zod';

const login: SendInfoInit = { cmd: Command.LOGIN, sequence: 1, data: { $case: 'login', value: { accessToken: 't' } } };
const bytes: Uint8Array = encodeFrame('SendInfo', login);
for (const frame of new FrameDecoder().push(bytes)) {
  if (frame.type === 'SendInfo') {
    const message: SendInfo = frame.message;
    if (message.data?.$case === 'login') message.data.value.accessToken.length;
    const issues: readonly Issue[] = SendInfo.check(message);
    issues.length;
  } else if (frame.type === 'invalid') frame.error.code;
}
const whole: SendInfo = SendInfo.create({ cmd: 1234 });
whole.cmd satisfies number;
const frame = decodeFrame(bytes);
if (frame.type === 'Hello') frame.message.versions satisfies number[];
const again: SendInfo = fromJSON('SendInfo', toJSON('SendInfo', whole));
again.sequence satisfies number;
const decoded: SendInfo = decodeSendInfo(encodeSendInfo(again));
decoded.sequence satisfies number;
new FrameSplitter();
const deflates: Deflate[] = [createDeflate(), createWebDeflate()];
deflates.length;
SendInfoSchema.parse(login).cmd satisfies number | undefined;
isProtocolError(new Error(), 'TRUNCATED');

// @ts-expect-error a command is a number
SendInfo.encode({ cmd: 'LOGIN' });
// @ts-expect-error no message has this name
encodeFrame('Nothing', {});
// @ts-expect-error an id is a bigint
SendInfo.create({ data: { $case: 'session', value: { userId: 1 } } });
`;

const STRICT: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  // No types of Node or of the DOM: those of the package stand by themselves.
  types: [],
};

const { Node10, Bundler } = ts.ModuleResolutionKind;

it.each([
  // Node tells the kind of a file by its name: one program has both.
  ['node16', ['main.mts', 'main.cts'], { module: ts.ModuleKind.Node16, skipLibCheck: true }],
  ['nodenext', ['main.mts', 'main.cts'], { module: ts.ModuleKind.NodeNext }],
  ['a bundler', ['main.ts'], { module: ts.ModuleKind.ESNext, moduleResolution: Bundler }],
  // TypeScript 6 gives it up, and warns.
  [
    'node10',
    ['main.ts'],
    { module: ts.ModuleKind.CommonJS, moduleResolution: Node10, ignoreDeprecations: '6.0', skipLibCheck: true },
  ],
] as const)('a strict program compiles with the resolution of %s', (_mode, names, options) => {
  const paths = names.map((name) => join(consumer, name));
  for (const path of paths) writeFileSync(path, PROGRAM);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(paths, { ...STRICT, ...options }));
  // zod's own types ask for the DOM's URL, and ./node for the types of Node.
  const ours = diagnostics.filter(({ file }) => !/\/node_modules\/zod\/|\/types\/node\.d\.c?ts$/.test(file?.fileName ?? ''));
  expect(ours.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)).toEqual(
    [],
  );
});
