#!/usr/bin/env node
// The plugin as a program: a CodeGeneratorRequest on stdin, a CodeGeneratorResponse on stdout.
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { CodeGeneratorRequestSchema, CodeGeneratorResponseSchema } from '@bufbuild/protobuf/wkt';
import { HELP } from './help.js';
import { generate } from './plugin.js';
import { version } from './version.js';

const [option] = process.argv.slice(2);
if (option === '--version' || option === '-v') console.log(`protoc-gen-im-protocol ${version()}`);
else if (option === '--help' || option === '-h') console.log(HELP);
else if (option !== undefined || process.stdin.isTTY) {
  console.error(HELP);
  process.exitCode = 2;
} else {
  // As a stream: a pipe may have nothing to read yet.
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const response = generate(fromBinary(CodeGeneratorRequestSchema, Buffer.concat(chunks)));
  process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
}
