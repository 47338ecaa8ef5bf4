// The files of examples/deployment/ with other addresses, and certificates for them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ROOT } from '../../scripts/breaking/baseline.js';
import { program } from './programs.js';

/** A folder for the duration of a test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'im-proxies-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A file of examples/deployment/ with replaced texts.
 * @throws Error for a text that it does not have.
 */
export function deploymentFile(name: string, replaced: Readonly<Record<string, string>> = {}): string {
  let text = readFileSync(join(ROOT, 'examples/deployment', name), 'utf8');
  for (const [from, to] of Object.entries(replaced)) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Both in one file. */
  readonly pem: string;
  readonly ca: Buffer;
}

/** A self-signed certificate for 127.0.0.1 and im.example.com. */
export function createCertificate(folder: string): Certificate {
  const [cert, key, pem] = ['im.crt', 'im.key', 'im.pem'].map((name) => join(folder, name));
  const openssl = program('/usr/bin/openssl');
  const names = 'subjectAltName=IP:127.0.0.1,DNS:im.example.com';
  const form = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=im.example.com',
    '-addext',
    names,
  ];
  execFileSync(openssl.path, ['req', '-x509', ...form, '-days', '2', '-keyout', key, '-out', cert], {
    env: openssl.env,
    stdio: 'pipe',
  });
  writeFileSync(pem, Buffer.concat([readFileSync(cert), readFileSync(key)]));
  return { cert, key, pem, ca: readFileSync(cert) };
}
