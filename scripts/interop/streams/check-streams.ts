// Tests streams of frames: ours, read in another language; and its frames, read by our decoder.
import { isDeepStrictEqual } from 'node:util';
import type { Vector } from '../../../test/vectors/load.js';
import type { Result } from '../../report.js';
import { runCommand } from '../../run-command.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Language, Program } from '../languages/language.js';
import { frameOf, isPlainJson, loadVectors } from '../vectors/load.js';
import { OWN_FRAMES } from './own-frames.js';

interface FrameJson {
  readonly type: string;
  readonly message: object;
}

/** Sends one stream of many frames, encoded from the JSON of vectors. */
export async function checkReading({ name }: Language, readFrames: Program, installed: InstalledPackage): Promise<Result> {
  const frames = loadVectors(installed.folder)
    .filter(isReadByDefault)
    .map((vector) => frameOf(vector) as FrameJson);
  const stream = Buffer.concat(frames.map((frame) => encoded(frame, installed)));
  const { program, args, ...options } = readFrames;
  const lines = (await runCommand(program, args, { ...options, input: stream })).toString().split('\n');
  const failed = frames.flatMap(({ type, message }, i) => {
    const line = lines[i] ?? '';
    const at = line.indexOf(' ');
    const isSame = line.slice(0, at) === type && isDeepStrictEqual(JSON.parse(line.slice(at + 1) || 'null'), message);
    return isSame ? [] : [`line ${i + 1}: got ${line.slice(0, 300)}, expected ${type} ${JSON.stringify(message).slice(0, 300)}`];
  });
  return { subject: name, check: 'our frames, read as one stream', passed: frames.length - failed.length, failed };
}

/** Frames that a program accepts without settings, and can print. */
function isReadByDefault(vector: Vector): boolean {
  return vector.settings === undefined && vector.canonical === true && isPlainJson(vector);
}

function encoded(frame: FrameJson, { index, json }: InstalledPackage): Uint8Array {
  const { type, version, flags, message } = json.frameFromJSON(frame) as ReturnType<typeof index.decodeFrame>;
  return index.encodeFrame(type, message, { version, flags });
}

export async function checkWriting({ name }: Language, writeFrames: Program, installed: InstalledPackage): Promise<Result> {
  const { program, args, ...options } = writeFrames;
  const decoder = new installed.index.FrameDecoder();
  const frames = decoder.push(await runCommand(program, args, options));
  decoder.end();
  const decoded = frames.map((frame) => (frame.type === 'invalid' ? frame.error.message : installed.json.frameToJSON(frame)));
  const failed = OWN_FRAMES.flatMap((expected, i) =>
    isDeepStrictEqual(decoded[i], expected)
      ? []
      : [`frame ${i + 1}: got ${JSON.stringify(decoded[i])}, expected ${JSON.stringify(expected)}`],
  );
  if (decoded.length !== OWN_FRAMES.length) failed.push(`${decoded.length} frames, expected ${OWN_FRAMES.length}`);
  return { subject: name, check: 'its own frames, read by our decoder', passed: OWN_FRAMES.length - failed.length, failed };
}
