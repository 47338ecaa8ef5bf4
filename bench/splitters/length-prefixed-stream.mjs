import lengthPrefixed from 'length-prefixed-stream';
import { throughStream } from './through-stream.mjs';
import { varintPrefixed } from './varint-prefixed.mjs';

export { varintPrefixed as frame };
export const name = 'length-prefixed-stream';
export const packages = ['length-prefixed-stream'];
export const framing = 'varint';

export function split(chunks) {
  return throughStream(lengthPrefixed.decode(), chunks);
}
