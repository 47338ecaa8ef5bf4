// Text with a byte order mark, as written by Windows editors and shells, in UTF-8 or UTF-16.

const MARKS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** The encoding by the byte order mark; undefined if there is none. */
function markedEncoding(head: Uint8Array): string | undefined {
  return MARKS.find(([mark]) => mark.every((byte, i) => head[i] === byte))?.[1];
}

/** The text without its mark, in UTF-8. No frame and no capture begins with a mark. */
export function withoutMark(head: Uint8Array): Uint8Array {
  const encoding = markedEncoding(head);
  return encoding === undefined ? head : Buffer.from(new TextDecoder(encoding).decode(head, { stream: true }));
}

/** The same for a text in chunks. */
export async function* chunksWithoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array(0);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const bytes of chunks) {
    if (start === undefined) {
      yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
      continue;
    }
    const joined: Uint8Array = start.length === 0 ? bytes : Buffer.concat([start, bytes]);
    // Wait for the length of the longest mark, unless there cannot be one.
    if (joined.length < 3 && (joined.length === 0 || joined[0] >= 0xef)) start = joined;
    else {
      start = undefined;
      const encoding = markedEncoding(joined);
      if (encoding !== undefined) decoder = new TextDecoder(encoding);
      yield decoder === undefined ? joined : Buffer.from(decoder.decode(joined, { stream: true }));
    }
  }
  if (start !== undefined && start.length > 0) yield start;
}
