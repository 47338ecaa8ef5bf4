// protoc plugin: ts-proto's types, with enums that stay open. proto3 enums carry numbers that the schema does not name (a newer
// peer's command, an application's own), and ts-proto's union of literals would refuse `cmd === 1234`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { CodeGeneratorResponseSchema } from '@bufbuild/protobuf/wkt';

const tsProto = join(dirname(createRequire(import.meta.url).resolve('ts-proto/package.json')), 'protoc-gen-ts_proto');
const run = spawnSync(process.execPath, [tsProto], { input: readFileSync(0), maxBuffer: 1 << 28 });
if (run.status !== 0) {
  process.stderr.write(run.stderr);
  process.exit(run.status ?? 1);
}
const response = fromBinary(CodeGeneratorResponseSchema, run.stdout);
for (const file of response.file) {
  file.content = file.content.replace(/^(export type (\w+) = typeof \2\[keyof typeof \2\]);$/gm, '$1 | (number & {});');
}
process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
