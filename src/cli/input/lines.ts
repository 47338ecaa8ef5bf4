import { Failure, INVALID } from '../exit.js';

/** A longer line is no line of anything that is read here. */
const MAX_LINE_CHARS = 1 << 27;

/** The lines of a text that comes in chunks. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // The line that has begun: joined once, so that a long one costs no more than its length.
  let parts: string[] = [];
  let chars = 0;
  const decoder = new TextDecoder();
  for await (const bytes of chunks) {
    const lines = decoder.decode(bytes, { stream: true }).split('\n');
    for (const [i, text] of lines.entries()) {
      parts.push(text);
      chars += text.length;
      if (chars > MAX_LINE_CHARS) throw new Failure(INVALID, `a line of more than ${MAX_LINE_CHARS} characters`);
      if (i === lines.length - 1) continue;
      yield parts.join('').replace(/\r$/, '');
      parts = [];
      chars = 0;
    }
  }
  if (chars > 0) yield parts.join('');
}
