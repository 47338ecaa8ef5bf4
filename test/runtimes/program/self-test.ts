// The self-test of the package, for any runtime: plain ECMAScript, and the imports that an application has.
import { SendInfo } from '@im/protocol';
import { hasSockets, memoryChatPart, socketChatPart } from './chat-parts.js';
import { libraryPart } from './library-part.js';
import type { Report } from './report.js';
import { textPart } from './text-part.js';
import { type Vectors, vectorParts } from './vector-parts.js';

/** @param url of the server for the chat over a WebSocket. */
export async function selfTest(vectors: Vectors, url: string): Promise<Report> {
  const sockets = hasSockets();
  const parts = [await textPart(), ...(await vectorParts(vectors)), ...(await memoryChatPart()), await libraryPart()];
  if (sockets) parts.push(await socketChatPart(url));
  return { build: hasPlans() ? 'web' : 'Node', parts, hasSockets: sockets };
}

/** The web build has plans in place of generated code: their tables are instances of a class. */
function hasPlans(): boolean {
  return Object.getPrototypeOf(SendInfo.generated.table) !== Object.prototype;
}
