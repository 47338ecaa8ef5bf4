import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create, fromBinary } from '@bufbuild/protobuf';
import { type CodeGeneratorRequest, CodeGeneratorRequestSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The request of buf for these files, with all that they import. */
export function requestOf(files: Readonly<Record<string, string>>, parameter = ''): CodeGeneratorRequest {
  const folder = mkdtempSync(join(tmpdir(), 'im-request-'));
  folders.push(folder);
  cpSync('proto', folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const image = execFileSync('node_modules/.bin/buf', ['build', folder, '--as-file-descriptor-set', '-o', '-'], {
    maxBuffer: 1 << 28,
  });
  const { file } = fromBinary(FileDescriptorSetSchema, image);
  const names = Object.keys(files);
  const wanted = new Set(names);
  for (const name of wanted) for (const imported of file.find((one) => one.name === name)?.dependency ?? []) wanted.add(imported);
  const protoFile = file.filter(({ name }) => wanted.has(name));
  return create(CodeGeneratorRequestSchema, { parameter, protoFile, fileToGenerate: protoFile.map(({ name }) => name) });
}
