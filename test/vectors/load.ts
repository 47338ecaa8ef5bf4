// Reads vectors/*.json (vectors/README.md says what they mean).
import { readFileSync } from 'node:fs';

export interface ExpectedFrame {
  version: number;
  type: string;
  flags: number;
  message: unknown;
}

export interface ExpectedError {
  code: string;
  offset?: number;
  path?: string;
  limit?: number;
  actual?: number;
  issues?: { path: string; rule: string }[];
}

export interface Vector {
  name: string;
  hex?: string | (string | { repeat: string; times: number })[];
  settings?: { maxFrameBytes?: number; version?: number; features?: string[] };
  frame?: ExpectedFrame;
  canonical?: true;
  reencoded?: Vector['hex'];
  error?: ExpectedError;
  decode?: 'single';
  outcomes?: ({ frame: ExpectedFrame } | { invalid: ExpectedError } | { break: ExpectedError })[];
  negotiate?: { hello: object; server: Record<string, unknown>; welcome?: object; reject?: object };
  check?: { hello: object; welcome?: object; reject?: object; subprotocol?: string; agreement?: object; error?: ExpectedError };
}

/** The vectors of a file. */
export function vectorsOf(file: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/${file}.json`, import.meta.url), 'utf8')).vectors;
}

/** The files whose vectors are frames to decode. */
export const FRAME_FILES = ['models', 'limits', 'commands', 'malformed', 'frames', 'handshake', 'deflate'];

/** The bytes that `hex` stands for. */
export function bytesOf(hex: Vector['hex']): Uint8Array {
  const parts = typeof hex === 'string' ? [hex] : (hex ?? []);
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'hex') : Buffer.from(part.repeat.repeat(part.times), 'hex'),
    ),
  );
}

/** Expected JSON with its `{ "$repeat": [text, times] }` written out. */
export function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  if ('$repeat' in value) {
    const [text, times, tail = ''] = value.$repeat as [string, number, string?];
    return text.repeat(times) + tail;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]));
}
