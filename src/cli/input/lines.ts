import { Failure, INVALID } from '../exit.js';

/** A longer line is no line of anything that is read here. */
const MAX_LINE_CHARS = 1 << 24;

/** The lines of a text that comes in chunks. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of chunks) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop()!;
    if (rest.length > MAX_LINE_CHARS) throw new Failure(INVALID, `a line of more than ${MAX_LINE_CHARS} characters`);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}
