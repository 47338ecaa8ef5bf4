import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expand, type Vector } from '../../../test/vectors/load.js';

const REASSIGNED = 'reassigned.json';

/** All vectors of the installed package, without those of version 1 that a reader of version 2 does not pass. */
export function loadVectors(folder: string): Vector[] {
  const reassigned = new Set(vectorsOf(join(folder, 'vectors/version-2', REASSIGNED)).map(({ name }) => name));
  const paths = ['vectors', 'vectors/version-2'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((name) => name.endsWith('.json') && name !== 'schema.json' && name !== REASSIGNED)
      .sort()
      .map((name) => join(folder, part, name)),
  );
  return paths.flatMap(vectorsOf).filter(({ name }) => !reassigned.has(name));
}

function vectorsOf(path: string): Vector[] {
  return (JSON.parse(readFileSync(path, 'utf8')) as { vectors: Vector[] }).vectors;
}

/** The frame that a vector decodes to. */
export function frameOf({ frame }: Vector): object {
  return expand(frame) as object;
}

/** Whether any ProtoJSON reader accepts the frame: it has no unknown fields and no Any of an unknown type. */
export function isPlainJson({ frame }: Vector): boolean {
  return frame !== undefined && !/"(\$unknown|@type)"/.test(JSON.stringify(frame));
}
