// A HAR file as browsers export it, with the messages of WebSockets.

import { inertText } from '../../wire/quoted.js';
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import type { Talk } from './talk.js';

interface Har {
  readonly log?: { readonly entries?: readonly unknown[] };
}

/** What is read of an entry, if it is there. */
type HarEntry = { readonly request?: { readonly url?: unknown }; readonly _webSocketMessages?: unknown } | null;
type HarMessage = { readonly type?: unknown; readonly opcode?: unknown; readonly data?: unknown } | null;

/** A HAR file is one JSON value, and read as a whole. */
const MAX_BYTES = 400_000_000;
const BINARY = 2;

export async function* fromHar(chunks: AsyncIterable<Uint8Array>, talk: Talk): AsyncGenerator<Chunk[]> {
  const entries = entriesOf(await textOf(chunks));
  const counts = { found: 0, others: 0 };
  for (const entry of entries as readonly HarEntry[]) {
    const messages = entry?._webSocketMessages;
    for (const message of Array.isArray(messages) ? (messages as readonly HarMessage[]) : []) {
      if (message?.opcode !== BINARY || typeof message.data !== 'string') {
        counts.others++;
        continue;
      }
      counts.found++;
      // "A binary message holds one or more whole frames."
      const flow = inertText(`${entry?.request?.url ?? ''} ${message.type ?? ''}`.trim());
      yield [chunk(Buffer.from(message.data, 'base64'), flow, 'frame')];
    }
  }
  if (counts.others > 0)
    talk.warn(`passed over: ${counts.others} WebSocket message${counts.others === 1 ? ' that is' : 's that are'} not binary`);
  if (counts.found === 0) talk.wrong('the HAR file holds no binary WebSocket message');
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

function entriesOf(text: string): readonly unknown[] {
  let har: Har;
  try {
    har = JSON.parse(text) as Har;
  } catch (error) {
    throw new Failure(INVALID, `no HAR file: ${(error as Error).message}`);
  }
  if (!Array.isArray(har.log?.entries)) throw new Failure(INVALID, 'no HAR file: it has no log.entries');
  return har.log.entries;
}
