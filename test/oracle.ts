// protobufjs, reading the same .proto files: an encoder and decoder that we did not write.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import type { FieldTable, MessageTable } from '../src/wire/table.js';

/** The `long` that protobufjs brings along; its types do not say so. */
const Long = protobuf.util.Long as unknown as { fromString(text: string, unsigned: boolean): unknown };

const ROOTS = ['../proto/', './fixtures/proto/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The messages of .proto files below proto/ or test/fixtures/proto/, by full name. */
export function oracleFor(...files: string[]): (name: string) => protobuf.Type {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    // Our options are for the generator; protobufjs has no descriptor.proto to extend.
    if (target.startsWith('im/options/')) return null;
    if (target.startsWith('google/protobuf/')) return target;
    return join(ROOTS[target.startsWith('im/fixture/') ? 1 : 0] as string, target);
  };
  root.loadSync(files, { keepCase: true });
  return (name) => root.lookupType(name);
}

/** Well-known types that protobufjs carries itself, with names in camelCase. */
const CAMEL_CASE = new Set(['google.protobuf.Value']);

/** One of our messages as protobufjs takes it: names of the schema, oneof members side by side, maps as objects, Long for bigint. */
export function toOracle(table: MessageTable, message: object): Record<string, unknown> {
  const from = message as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const field of table.fields) {
    const member = field.oneof === undefined ? undefined : (from[field.oneof] as { $case: string; value: unknown } | undefined);
    if (field.oneof !== undefined && member?.$case !== field.name) continue;
    const value = member ? member.value : from[field.name];
    if (value !== undefined) out[CAMEL_CASE.has(table.name) ? field.name : schemaName(field)] = fieldToOracle(field, value);
  }
  return out;
}

function fieldToOracle(field: FieldTable, value: unknown): unknown {
  const one = (item: unknown): unknown => {
    if (field.message) return toOracle(field.message(), item as object);
    const unsigned = field.type.startsWith('u') || field.type === 'fixed64';
    return typeof item === 'bigint' ? Long.fromString(item.toString(), unsigned) : item;
  };
  if (field.kind === 'list') return (value as unknown[]).map(one);
  if (field.kind === 'map') return Object.fromEntries([...(value as Map<unknown, unknown>)].map(([k, v]) => [String(k), one(v)]));
  return one(value);
}

const schemaName = (field: FieldTable): string =>
  field.proto ?? field.name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
