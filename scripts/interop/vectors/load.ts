import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, expand, FRAME_FILES, type Vector } from '../../../test/vectors/load.js';
import type { Request } from './exchange.js';

/** All vectors of the installed package that are one frame. */
export function loadVectors(folder: string): Vector[] {
  const files = FRAME_FILES.map((file) => readFileSync(join(folder, `vectors/${file}.json`), 'utf8'));
  return files.flatMap((text) => (JSON.parse(text) as { vectors: Vector[] }).vectors).filter(({ hex }) => hex !== undefined);
}

/** The frame that a vector decodes to. */
export function frameOf({ frame }: Vector): object {
  return expand(frame) as object;
}

export function decodeRequest({ name, hex, settings = {} }: Vector, i: number): Request {
  return { id: i + 1, vector: name, op: 'decode', hex: Buffer.from(bytesOf(hex)).toString('hex'), settings };
}

export function encodeRequest(vector: Vector, i: number): Request {
  return { id: i + 1, vector: vector.name, op: 'encode', frame: frameOf(vector), settings: {} };
}

/** Whether any ProtoJSON reader takes the frame: it has no unknown fields, and no Any whose type that would not know. */
export function isPlainJson({ frame }: Vector): boolean {
  return frame !== undefined && !/"(\$unknown|@type)"/.test(JSON.stringify(frame));
}
