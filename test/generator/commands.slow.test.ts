// commands.ts of an application: what it says of each command, and that it is TypeScript whatever the schema has for names and comments.
import { describe, expect, it } from 'vitest';
import { generate } from '../../scripts/protoc-gen-im-protocol/plugin.js';
import { requestOf } from './request-of.js';

const carries = (payload: string): string => `[(im.options.v1.value) = {application_command: {payload: "${payload}"}}]`;

/** The commands.ts of these files. */
function commandsOf(files: Readonly<Record<string, string>>): string {
  const { error, file } = generate(requestOf(files));
  expect(error).toBe('');
  return file.find(({ name }) => name === 'commands.ts')?.content ?? '';
}

describe('a command', () => {
  const enumOf = (values: string): string => `import "im/options/v1/options.proto"; enum C { C_NONE = 0; ${values} }`;

  it('keeps its comment, which does not end where that has the end of one', () => {
    const text = `syntax = "proto3"; message P {} ${enumOf(`\n// Opens /* a */ poll.\n C_OPEN = 1000 ${carries('P')};`)}`;
    expect(commandsOf({ 'a.proto': text })).toContain('/** Opens /* a * / poll. */\nexport const OPEN: ');
  });

  it('that is deprecated says so', () => {
    const value = `C_OLD = 1000 [deprecated = true, (im.options.v1.value) = {application_command: {payload: "P"}}];`;
    const commands = commandsOf({ 'a.proto': `syntax = "proto3"; message P {} ${enumOf(`\n// Closes a poll.\n ${value}`)}` });
    expect(commands).toContain('/**\n * Closes a poll.\n * @deprecated\n */\nexport const OLD: ');
  });

  it('whose name TypeScript has gets a dollar sign, and is called as ever on the wire', () => {
    const text = `syntax = "proto3"; message P {} ${enumOf(`delete = 1000 ${carries('P')};`)}`;
    const commands = commandsOf({ 'a.proto': text });
    expect(commands).toContain(
      "export const delete$: ApplicationCommand<PType, PInit, undefined, void> = /* @__PURE__ */ applicationCommand({ number: 1000, name: 'delete', ",
    );
    expect(commands).toContain("  1000: 'delete',\n");
  });

  it('states its kind of topic, if it has one', () => {
    const value = (topic: string) => `C_OPEN = 1000 [(im.options.v1.value) = {application_command: {payload: "P"${topic}}}];`;
    const of = (topic: string) => commandsOf({ 'a.proto': `syntax = "proto3"; message P {} ${enumOf(value(topic))}` });
    expect(of(' topic: TOPIC_EVENT')).toContain("({ number: 1000, name: 'OPEN', payload: PCodec, topic: 'event' })");
    expect(of('')).toContain("({ number: 1000, name: 'OPEN', payload: PCodec })");
  });

  it('carries the message of its own package where another has the name in full', () => {
    const other = 'syntax = "proto3"; message P {}';
    const own = `syntax = "proto3"; package com.example.v1; message P {} ${enumOf(`C_OPEN = 1000 ${carries('P')};`)}`;
    expect(commandsOf({ 'a.proto': other, 'b.proto': own })).toContain("import { P as PCodec } from './b.codec.js';");
  });
});
