// A HAR file as browsers export it, with the messages of WebSockets.
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import type { Talk } from './talk.js';

interface Har {
  readonly log?: { readonly entries?: readonly HarEntry[] };
}
interface HarEntry {
  readonly request?: { readonly url?: string };
  readonly _webSocketMessages?: readonly { readonly type?: string; readonly opcode?: number; readonly data?: string }[];
}

/** A HAR file is one JSON value, and read as a whole. */
const MAX_BYTES = 400_000_000;
const BINARY = 2;

export async function* fromHar(chunks: AsyncIterable<Uint8Array>, talk: Talk): AsyncGenerator<Chunk[]> {
  const entries = entriesOf(await textOf(chunks));
  let found = 0;
  for (const { request, _webSocketMessages: messages = [] } of entries) {
    for (const { type, opcode, data = '' } of messages) {
      if (opcode !== BINARY) continue;
      found++;
      // "A binary message holds one or more whole frames."
      yield [chunk(Buffer.from(data, 'base64'), `${request?.url ?? ''} ${type ?? ''}`.trim(), 'frame')];
    }
  }
  if (found === 0) talk.wrong('the HAR file holds no binary WebSocket message');
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of chunks) {
    parts.push(bytes);
    size += bytes.length;
    if (size > MAX_BYTES) throw new Failure(INVALID, `a HAR file of more than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}

function entriesOf(text: string): readonly HarEntry[] {
  let har: Har;
  try {
    har = JSON.parse(text.replace(/^\ufeff/, '')) as Har;
  } catch (error) {
    throw new Failure(INVALID, `no HAR file: ${(error as Error).message}`);
  }
  if (!Array.isArray(har.log?.entries)) throw new Failure(INVALID, 'no HAR file: it has no log.entries');
  return har.log.entries;
}
