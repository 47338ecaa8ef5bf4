// Frames for captures, from the vectors and others.
import { bytesOf, FRAME_FILES, VERSION_2_FRAME_FILES, vectorsOf } from '../../../test/vectors/load.js';

const all = new Map([...FRAME_FILES, ...VERSION_2_FRAME_FILES].flatMap(vectorsOf).map((vector) => [vector.name, vector]));

/** The bytes of a vector. */
export function vector(name: string): Uint8Array {
  const found = all.get(name);
  if (found === undefined) throw new Error(`no vector is called ${name}`);
  return bytesOf(found.hex);
}

export function hex(...parts: string[]): Uint8Array {
  return Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** Versions 1 and 74, features deflate and grease.a1. */
export const HELLO: Uint8Array = vector('hello-with-grease');
/** Version 1, deflate. */
export const WELCOME: Uint8Array = vector('welcome-of-a-server');
/** #2, at 2026-01-01 00:00:00. */
export const HEARTBEAT: Uint8Array = vector('send-heartbeat');
/** To #2. */
export const HEARTBEAT_REPLY: Uint8Array = vector('send-heartbeat-reply');
/** #3, from 1 to 2: 你好. */
export const PRIVATE_MESSAGE: Uint8Array = vector('send-private-message');
/** With a token and a device id, which must not be shown. */
export const LOGIN: Uint8Array = hex(
  '00 00 00 1e 01 07 00 00 08 01 10 01 52 14',
  '0a 09 73 33 63 72 33 74 2d 74 6b',
  '12 07 64 33 76 31 63 65 2d',
);

/** Their lines in the packet list. */
export const HELLO_ROW = 'IM: Hello versions 1,74 features deflate,grease.a1';
export const WELCOME_ROW = 'IM: Welcome version 1 features deflate';
export const PRIVATE_ROW = 'IM: PRIVATE_MESSAGE #3 1 -> 2 "你好"';
