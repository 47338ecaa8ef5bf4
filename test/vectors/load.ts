// Reads vectors/*.json and vectors/version-2/*.json (vectors/README.md says what they mean).
import { readFileSync } from 'node:fs';
import type { Vector } from './vector.js';

export { expand } from './expand.js';
export type * from './vector.js';

/** A vector of version 1 with a number that version 2 assigns. */
export interface Reassigned {
  file: string;
  name: string;
  reason: string;
}

/** `vectors/version-2/reassigned.json` */
export const REASSIGNED: readonly Reassigned[] = read('version-2/reassigned');

const REASSIGNED_NAMES = new Set(REASSIGNED.map(({ name }) => name));

/** The vectors of a file that apply to this release, which knows version 2. */
export function vectorsOf(file: string): Vector[] {
  return allVectorsOf(file).filter(({ name }) => !REASSIGNED_NAMES.has(name));
}

/** All vectors of a file, as a reader of version 1 passes them. */
export function allVectorsOf(file: string): Vector[] {
  return read(file);
}

function read<T>(file: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/${file}.json`, import.meta.url), 'utf8')).vectors;
}

/** The files whose vectors are frames to decode. */
export const FRAME_FILES = ['models', 'limits', 'commands', 'malformed', 'frames', 'handshake', 'deflate'];

/** The files of version 2 whose vectors are frames to decode. */
export const VERSION_2_FRAME_FILES = ['models', 'limits', 'commands', 'frames', 'version-1'].map((name) => `version-2/${name}`);

/** The bytes that `hex` stands for. */
export function bytesOf(hex: Vector['hex']): Uint8Array {
  const parts = typeof hex === 'string' ? [hex] : (hex ?? []);
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'hex') : Buffer.from(part.repeat.repeat(part.times), 'hex'),
    ),
  );
}
