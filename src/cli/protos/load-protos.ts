// Loads .proto files with protobufjs, which the build bundles into the program.
import { existsSync, readFile } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type * as Protobufjs from 'protobufjs';
import type { JsonType } from '../../json/json-options.js';
import { Failure, INVALID } from '../exit.js';
import { packageRoot } from '../package-root.js';
import { type CommandNames, commandNames } from './command-names.js';
import { typeOf } from './message-types.js';

/** The content of .proto files. */
export interface Protos {
  readonly types: readonly JsonType[];
  /** The declared commands, by number. */
  readonly commands: ReadonlyMap<number, CommandNames>;
}

/** Files with options for schemas, whose messages no application sends. */
const OF_SCHEMAS = ['google/protobuf/descriptor.proto', 'im/options/v1/options.proto'];

/** Loads files and their imports. @param folders additional import paths. */
export async function loadProtos(files: readonly string[], folders: readonly string[]): Promise<Protos> {
  const { Root, Type, Enum, Namespace } = await library();
  const root = new Root();
  // The default uses `require('fs')`, which ES modules do not have.
  root.fetch = (path, done) => readFile(path, 'utf8', (error, text) => done(error as Error, text));
  const importPaths = [...folders, ...files.map((file) => dirname(file)), join(packageRoot(), 'proto')];
  root.resolvePath = (origin, target) => {
    const near = origin === '' ? [resolve(target)] : [join(dirname(origin), target)];
    const found = [...near, ...importPaths.map((folder) => resolve(folder, target))];
    return found.find((path) => existsSync(path)) ?? near[0];
  };
  try {
    for (const file of files) await root.load(file);
    root.resolveAll();
  } catch (error) {
    throw new Failure(INVALID, `--proto: ${(error as Error).message}`);
  }
  const types: JsonType[] = [];
  const enums: Protobufjs.Enum[] = [];
  const visit = (space: Protobufjs.NamespaceBase): void => {
    for (const one of space.nestedArray) {
      const isOfSchemas = OF_SCHEMAS.some((name) => one.filename?.replaceAll('\\', '/').endsWith(name));
      if (one instanceof Type && !isOfSchemas) types.push(typeOf(one));
      if (one instanceof Enum) enums.push(one);
      if (one instanceof Namespace || one instanceof Type) visit(one);
    }
  };
  visit(root);
  return { types, commands: commandNames(enums) };
}

async function library(): Promise<typeof Protobufjs> {
  const found = (await import('protobufjs')) as typeof Protobufjs & { default?: typeof Protobufjs };
  const protobufjs = found.default ?? found;
  // protobufjs has this file, which every file with options imports, but does not register it.
  const descriptor = await import('protobufjs/google/protobuf/descriptor.json', { with: { type: 'json' } });
  protobufjs.common('google/protobuf/descriptor.proto', descriptor.default);
  return protobufjs;
}
