// The flavour of this build: the web build puts platform-web.ts in the place of platform-node.ts (tsup.config.ts).
export { allocate, charsToText, LOOP_ASCII, readUtf8, writeUtf8 } from './platform-node.js';
