/** The modules of all that cut a stream into frames; ours first. */
export const SPLITTERS = [
  'im-protocol',
  'im-protocol-views',
  'frame-stream',
  'length-prefixed-stream',
  'it-length-prefixed',
  'mqtt-packet',
];

/**
 * A splitter is a module with `name`, `packages`, `framing` (said in the report), `frame(payload)` -> bytes, and
 * `split(chunks)` -> { frames, bytes } or a promise of it: how many payloads, of how many bytes, it found.
 */
export function load(splitter) {
  return import(`./${splitter}.mjs`);
}
