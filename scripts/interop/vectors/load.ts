import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expand, type Vector } from '../../../test/vectors/load.js';

/** All vectors of the installed package. */
export function loadVectors(folder: string): Vector[] {
  const files = readdirSync(join(folder, 'vectors')).filter((name) => name.endsWith('.json') && name !== 'schema.json');
  const texts = files.sort().map((name) => readFileSync(join(folder, 'vectors', name), 'utf8'));
  return texts.flatMap((text) => (JSON.parse(text) as { vectors: Vector[] }).vectors);
}

/** The frame that a vector decodes to. */
export function frameOf({ frame }: Vector): object {
  return expand(frame) as object;
}

/** Whether any ProtoJSON reader accepts the frame: it has no unknown fields and no Any of an unknown type. */
export function isPlainJson({ frame }: Vector): boolean {
  return frame !== undefined && !/"(\$unknown|@type)"/.test(JSON.stringify(frame));
}
