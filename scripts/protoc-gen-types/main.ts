// protoc plugin: ts-proto's types, with two corrections.
//
// Enums stay open: proto3 enums carry numbers that the schema does not name (a newer peer's command, an application's own), and
// ts-proto's union of literals would refuse `cmd === 1234`.
//
// Well-known types are plain messages: ts-proto knows them by their full names and makes a Date of a Timestamp, `any` of a Struct;
// so it is shown another package name.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { CodeGeneratorRequestSchema, CodeGeneratorResponseSchema, type DescriptorProto } from '@bufbuild/protobuf/wkt';

const WELL_KNOWN = 'google.protobuf';
const PLAIN = 'google.protobuf_plain';

function renameTypes(message: DescriptorProto): void {
  for (const field of [...message.field, ...message.extension]) {
    field.typeName = field.typeName.replace(`.${WELL_KNOWN}.`, `.${PLAIN}.`);
  }
  for (const nested of message.nestedType) renameTypes(nested);
}

const request = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
for (const file of request.protoFile) {
  if (file.package === WELL_KNOWN) file.package = PLAIN;
  for (const message of file.messageType) renameTypes(message);
}

const tsProto = join(dirname(createRequire(import.meta.url).resolve('ts-proto/package.json')), 'protoc-gen-ts_proto');
const run = spawnSync(process.execPath, [tsProto], { input: toBinary(CodeGeneratorRequestSchema, request), maxBuffer: 1 << 28 });
if (run.status !== 0) {
  process.stderr.write(run.stderr);
  process.exit(run.status ?? 1);
}
const response = fromBinary(CodeGeneratorResponseSchema, run.stdout);
for (const file of response.file) {
  file.content = file.content.replace(/^(export type (\w+) =\s+typeof \2\[keyof typeof \2\]);$/gm, '$1 | (number & {});');
}
process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
