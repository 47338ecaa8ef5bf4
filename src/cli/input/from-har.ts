// Reads the WebSocket messages of a HAR file, as browsers export it.

import { inertText } from '../../wire/quoted.js';
import type { MessageKind } from '../capture/websocket-frames.js';
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import type { Diagnostics } from './diagnostics.js';

interface Har {
  readonly log?: { readonly entries?: readonly unknown[] };
}

/** The properties that are read, if present. */
type HarEntry = { readonly request?: { readonly url?: unknown }; readonly _webSocketMessages?: unknown } | null;
type HarMessage = { readonly type?: unknown; readonly opcode?: unknown; readonly data?: unknown } | null;

/** Maximum file size: the file is one JSON value and is read into memory. */
const MAX_BYTES = 400_000_000;
const OPCODES: Readonly<Record<MessageKind, number>> = { text: 1, binary: 2 };

export async function* fromHar(
  chunks: AsyncIterable<Uint8Array>,
  diagnostics: Diagnostics,
  wanted: MessageKind,
): AsyncGenerator<Chunk[]> {
  const entries = entriesOf(await textOf(chunks));
  const counts = { found: 0, others: 0 };
  for (const entry of entries as readonly HarEntry[]) {
    const messages = entry?._webSocketMessages;
    for (const message of Array.isArray(messages) ? (messages as readonly HarMessage[]) : []) {
      if (message?.opcode !== OPCODES[wanted] || typeof message.data !== 'string') {
        counts.others++;
        continue;
      }
      counts.found++;
      // "each binary message contains one or more complete frames"
      const flow = inertText(`${entry?.request?.url ?? ''} ${message.type ?? ''}`.trim());
      yield [chunk(Buffer.from(message.data, wanted === 'binary' ? 'base64' : 'utf8'), flow, 'frame')];
    }
  }
  if (counts.others > 0)
    diagnostics.warn(
      `skipped: ${counts.others} WebSocket message${counts.others === 1 ? ' that is' : 's that are'} not ${wanted}`,
    );
  if (counts.found === 0) diagnostics.invalid(`the HAR file has no ${wanted} WebSocket message`);
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of chunks) {
    parts.push(bytes);
    size += bytes.length;
    if (size > MAX_BYTES) throw new Failure(INVALID, `the HAR file has more than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}

function entriesOf(text: string): readonly unknown[] {
  let har: Har;
  try {
    har = JSON.parse(text) as Har;
  } catch {
    // The engine's message quotes the text, which may hold secrets.
    throw new Failure(INVALID, 'not a HAR file: not valid JSON');
  }
  if (!Array.isArray(har.log?.entries)) throw new Failure(INVALID, 'not a HAR file: log.entries is missing');
  return har.log.entries;
}
