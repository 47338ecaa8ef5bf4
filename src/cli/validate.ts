// `im-protocol validate`: what is wrong with frames.

import { decodeFrame } from '../codec/decode-frame.js';
import { inspect, type Problem } from '../inspect/index.js';
import { createDeflate } from '../node/deflate.js';
import { inertText } from '../wire/quoted.js';
import type { Arguments } from './command.js';
import { openInput } from './input/open-input.js';
import { jsonProblem } from './inspect-dump.js';
import { jsonText, Output, say } from './output.js';
import { eachPiece, type Piece } from './pieces.js';
import { maxFrameBytesOf, Verdict } from './streams.js';

export async function run(args: Arguments): Promise<number> {
  const maxFrameBytes = maxFrameBytesOf(args);
  const version = args.number('protocol-version', 1, 127);
  const deflate = createDeflate();
  const output = new Output();
  const verdict = new Verdict();
  const write = args.flag('json') ? jsonLine : textLine;
  const counts = { frames: 0, problems: 0 };
  await eachPiece(
    openInput(args, verdict),
    maxFrameBytes,
    (piece) => {
      counts.frames++;
      if (isSound(piece.bytes, { version, deflate, limits: { maxFrameBytes } })) return;
      // Few frames are refused: only these are looked into.
      for (const problem of inspect(piece.bytes, { deflate, version, maxFrameBytes, offset: piece.offset }).problems) {
        counts.problems++;
        verdict.add(problem);
        output.line(write(problem, piece));
      }
    },
    output,
  );
  if (!args.flag('quiet'))
    say(`${counted(counts.frames, 'frame')}, ${counts.problems === 0 ? 'nothing wrong' : counted(counts.problems, 'problem')}`);
  return verdict.exitCode;
}

function isSound(bytes: Uint8Array, options: Parameters<typeof decodeFrame>[1]): boolean {
  try {
    decodeFrame(bytes, options);
    return true;
  } catch {
    return false;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function textLine({ message, offset }: Problem, { offset: base, flow }: Piece): string {
  return inertText(`${flow === '' ? '' : `${flow}  `}byte ${base + offset}, frame at ${base}: ${message}`);
}

function jsonLine(problem: Problem, { offset, flow }: Piece): string {
  return jsonText({ ...(flow !== '' && { flow }), frame: offset, ...jsonProblem(problem, offset) });
}
