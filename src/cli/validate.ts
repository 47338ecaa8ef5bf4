// `im-protocol validate`: prints the errors of frames.
import { decodeFrame } from '../codec/decode-frame.js';
import { inspect, type Problem } from '../inspect/index.js';
import { createDeflate } from '../node/deflate.js';
import { inertText } from '../wire/quoted.js';
import type { Arguments } from './command.js';
import { ExitStatus } from './exit.js';
import { openInput } from './input/open-input.js';
import { jsonProblem } from './inspect-output.js';
import { jsonText, log, Output } from './output.js';
import { loadAppTypes } from './protos/app-types.js';
import { eachRegion, type StreamRegion } from './resync.js';
import { maxFrameBytesOf } from './streams.js';

export async function run(args: Arguments): Promise<number> {
  const { all: types, payloads } = await loadAppTypes(args);
  const maxFrameBytes = maxFrameBytesOf(args);
  const version = args.number('protocol-version', 1, 127);
  const deflate = createDeflate();
  const output = new Output();
  const status = new ExitStatus();
  const write = args.flag('json') ? jsonLine : textLine;
  const counts = { frames: 0, problems: 0 };
  await eachRegion(
    openInput(args, status),
    maxFrameBytes,
    (region) => {
      counts.frames++;
      // Few frames are invalid, and only these are inspected; with --proto all are, for the messages in an Any.
      if (types.length === 0 && isValid(region.bytes, { version, deflate, limits: { maxFrameBytes } })) return;
      const options = { deflate, version, maxFrameBytes, offset: region.offset, types, payloads };
      for (const problem of inspect(region.bytes, options).problems) {
        counts.problems++;
        status.add(problem);
        output.line(write(problem, region));
      }
    },
    output,
  );
  if (!args.flag('quiet'))
    log(`${counted(counts.frames, 'frame')}, ${counts.problems === 0 ? 'no problems' : counted(counts.problems, 'problem')}`);
  return status.code;
}

function isValid(bytes: Uint8Array, options: Parameters<typeof decodeFrame>[1]): boolean {
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

function textLine({ message, offset }: Problem, { offset: base, flow }: StreamRegion): string {
  return inertText(`${flow === '' ? '' : `${flow}  `}byte ${base + offset}, frame at ${base}: ${message}`);
}

function jsonLine(problem: Problem, { offset, flow }: StreamRegion): string {
  return jsonText({ ...(flow !== '' && { flow }), frame: offset, ...jsonProblem(problem, offset) });
}
