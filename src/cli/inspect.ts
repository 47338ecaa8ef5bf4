// `im-protocol inspect`: prints the meaning of each byte.
import { inspect } from '../inspect/index.js';
import { createDeflate } from '../node/deflate.js';
import type { Arguments } from './command.js';
import { ExitStatus } from './exit.js';
import { openInput } from './input/open-input.js';
import { hexDumpLines, jsonRegion } from './inspect-output.js';
import { createPaint, jsonText, Output } from './output.js';
import { loadAppTypes } from './protos/app-types.js';
import { eachRegion } from './resync.js';
import { maxFrameBytesOf } from './streams.js';

export async function run(args: Arguments): Promise<number> {
  const { all: types, payloads } = await loadAppTypes(args);
  const maxFrameBytes = maxFrameBytesOf(args);
  const version = args.number('protocol-version', 1, 127);
  const options = { secrets: args.flag('secrets'), deflate: createDeflate(), maxFrameBytes, version, types, payloads };
  const paint = createPaint(args.text('color'));
  const output = new Output();
  const status = new ExitStatus();
  await eachRegion(
    openInput(args, status),
    maxFrameBytes,
    (region) => {
      const inspection = inspect(region.bytes, { ...options, offset: region.offset });
      for (const problem of inspection.problems) status.add(problem);
      if (args.flag('json')) output.line(jsonText(jsonRegion(inspection, region)));
      else for (const line of hexDumpLines(inspection, region, { paint, all: args.flag('all') })) output.line(line);
    },
    output,
  );
  return status.code;
}
