// The platform of this build. The web build replaces platform-node.ts by platform-web.ts (tsup.config.ts).
export { allocate, charsToText, FEW_CHARS, fewChars, LOOP_ASCII, latin1Text, readUtf8, writeUtf8 } from './platform-node.js';
