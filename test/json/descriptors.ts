// The messages of fixtures/everything.proto: their descriptors, for protobuf-es as an oracle, and the tables that follow from them.
import { execFileSync } from 'node:child_process';
import { createFileRegistry, type DescMessage, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MessageTable } from '../../src/wire/table.js';
import { tableOf } from './table-of.js';

function build(folder: string): FileRegistry {
  const set = execFileSync('node_modules/.bin/buf', ['build', folder, '--as-file-descriptor-set', '-o', '-']);
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
}

/** All that fixtures/everything.proto and its imports declare. */
export const everything = build('test/json/fixtures');

/** The schema of the protocol. */
export const protocol = build('proto');

/** A message of the fixture or a well-known type: `Scalars`, `google.protobuf.Empty`. */
export function descriptor(name: string): DescMessage {
  const fullName = name.includes('.') ? name : `test.json.v1.${name}`;
  const found = everything.getMessage(fullName);
  if (found === undefined) throw new Error(`no message ${fullName}`);
  return found;
}

/** The table of a message of the fixture. */
export function table(name: string): MessageTable {
  return tableOf(descriptor(name));
}
