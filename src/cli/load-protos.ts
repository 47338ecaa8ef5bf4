// .proto files by protobufjs, which the build puts into the program.
import { existsSync, readFile } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type * as Protobufjs from 'protobufjs';
import type { JsonType } from '../json/json-options.js';
import { Failure, INVALID } from './exit.js';
import { packageRoot } from './package-root.js';
import { typeOf } from './protobufjs-type.js';

/** The messages in these files, and in what they import. @param folders where imports are looked up besides. */
export async function loadProtos(files: readonly string[], folders: readonly string[]): Promise<JsonType[]> {
  const { Root, Type, Namespace } = await library();
  const root = new Root();
  // By itself it looks for `require('fs')`, which an ES module does not have.
  root.fetch = (path, done) => readFile(path, 'utf8', (error, text) => done(error as Error, text));
  const own = join(packageRoot(), 'proto');
  root.resolvePath = (origin, target) => {
    const near = origin === '' ? [resolve(target)] : [join(dirname(origin), target)];
    const found = [...near, ...[...folders, ...files.map((file) => dirname(file)), own].map((folder) => resolve(folder, target))];
    return found.find((path) => existsSync(path)) ?? near[0];
  };
  try {
    for (const file of files) await root.load(file);
    root.resolveAll();
  } catch (error) {
    throw new Failure(INVALID, `--proto: ${(error as Error).message}`);
  }
  const types: JsonType[] = [];
  const visit = (space: Protobufjs.NamespaceBase): void => {
    for (const one of space.nestedArray) {
      if (one instanceof Type) types.push(typeOf(one));
      if (one instanceof Namespace || one instanceof Type) visit(one);
    }
  };
  visit(root);
  return types;
}

async function library(): Promise<typeof Protobufjs> {
  const found = (await import('protobufjs')) as typeof Protobufjs & { default?: typeof Protobufjs };
  return found.default ?? found;
}
