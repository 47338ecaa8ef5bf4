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

export function decodeRequest({ name, hex, settings }: Vector): Request {
  return { name, hex: Buffer.from(bytesOf(hex)).toString('hex'), ...(settings && { settings }) };
}

/** Only a frame that any ProtoJSON reader takes: without unknown fields, and without an Any whose type it does not know. */
export function encodeRequest(vector: Vector): Request | undefined {
  if (vector.frame === undefined || vector.canonical !== true) return undefined;
  const json = frameOf(vector);
  return /"(\$unknown|@type)"/.test(JSON.stringify(json)) ? undefined : { name: vector.name, json };
}
