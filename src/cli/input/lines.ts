// Splits chunks of text into lines.
import { Failure, INVALID } from '../exit.js';

/** Maximum characters of a line. */
const MAX_LINE_CHARS = 1 << 27;

export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // The parts of the current line, joined once, so that a long line takes linear time.
  let parts: string[] = [];
  let chars = 0;
  const decoder = new TextDecoder();
  for await (const bytes of chunks) {
    const lines = decoder.decode(bytes, { stream: true }).split('\n');
    for (const [i, text] of lines.entries()) {
      parts.push(text);
      chars += text.length;
      if (chars > MAX_LINE_CHARS) throw new Failure(INVALID, `a line has more than ${MAX_LINE_CHARS} characters`);
      if (i === lines.length - 1) continue;
      yield parts.join('').replace(/\r$/, '');
      parts = [];
      chars = 0;
    }
  }
  if (chars > 0) yield parts.join('');
}
