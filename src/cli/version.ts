import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../limits.js';
import { packageRoot } from './package-root.js';

/** `im-protocol 1.0.0 (protocol version 1)` */
export function versionText(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return `im-protocol ${version} (protocol version ${PROTOCOL_VERSION})`;
}
