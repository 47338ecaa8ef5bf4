// `im-protocol inspect`: which byte says what.
import { inspect } from '../inspect/index.js';
import { createDeflate } from '../node/deflate.js';
import { appTypes } from './app-types.js';
import type { Arguments } from './command.js';
import { openInput } from './input/open-input.js';
import { dumpLines, jsonPiece } from './inspect-dump.js';
import { createPaint, jsonText, Output } from './output.js';
import { eachPiece } from './pieces.js';
import { maxFrameBytesOf, Verdict } from './streams.js';

export async function run(args: Arguments): Promise<number> {
  const { all: types, payloads } = await appTypes(args);
  const maxFrameBytes = maxFrameBytesOf(args);
  const version = args.number('protocol-version', 1, 127);
  const options = { secrets: args.flag('secrets'), deflate: createDeflate(), maxFrameBytes, version, types, payloads };
  const paint = createPaint(args.text('color'));
  const output = new Output();
  const verdict = new Verdict();
  await eachPiece(
    openInput(args, verdict),
    maxFrameBytes,
    (piece) => {
      const inspection = inspect(piece.bytes, { ...options, offset: piece.offset });
      for (const problem of inspection.problems) verdict.add(problem);
      if (args.flag('json')) output.line(jsonText(jsonPiece(inspection, piece)));
      else for (const line of dumpLines(inspection, piece, { paint, all: args.flag('all') })) output.line(line);
    },
    output,
  );
  return verdict.exitCode;
}
