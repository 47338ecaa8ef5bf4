import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as entry from '../../src/frame/index.js';

const root = resolve(import.meta.dirname, '../..');

/** Every module that a module loads, itself included; what TypeScript erases does not count. */
function reachableFrom(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const source = readFileSync(path, 'utf8');
  for (const [, from] of source.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from '([^']+)'/gm)) {
    reachableFrom(from.startsWith('.') ? resolve(dirname(path), from.replace(/\.js$/, '.ts')) : from, seen);
  }
  return seen;
}

describe('@im/protocol/frame', () => {
  it('reaches no codec, no platform and no dependency', () => {
    const modules = [...reachableFrom(resolve(root, 'src/frame/index.ts'))].map((path) => relative(root, path));
    const outside = modules.filter((path) => !path.startsWith('src/frame/'));
    expect(outside.sort()).toEqual(['generated/constants.ts', 'generated/errors.ts', 'src/errors.ts', 'src/limits.ts']);
    expect(modules).toContain('src/frame/frame-splitter.ts');
  });

  it('exports frames, limits and errors', () => {
    expect(Object.keys(entry).sort()).toEqual([
      'CRITICAL_FLAGS',
      'DEFAULT_LIMITS',
      'DEFAULT_MAX_FRAME_BYTES',
      'FIRST_APPLICATION_TYPE',
      'FLAG_COMPRESSED',
      'FLAG_IGNORABLE',
      'FrameSplitter',
      'HANDSHAKE_MAX_FRAME_BYTES',
      'HEADER_BYTES',
      'LARGEST_FRAME_BYTES',
      'MAX_LENGTH',
      'MIN_LENGTH',
      'PROTOCOL_VERSION',
      'ProtocolError',
      'encodeRawFrame',
      'isProtocolError',
      'readHeader',
      'writeHeader',
    ]);
  });
});
