// The page, its files, and tokens for its users, over HTTP.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Terminal } from '@im/protocol';
import type { Tokens } from '../platform/tokens.js';
import { bundlePage, PAGE_SCRIPT } from './bundle-page.js';
import { userNamed } from './users.js';

/** Nothing runs, and nothing is loaded, but what comes from here. Not every browser counts a WebSocket as 'self'. */
const policy = (host: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Pictures in messages are URLs.
    "img-src 'self' https:",
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');

/** A user has one session for each kind of terminal: so two tabs of a user say that they are different ones. */
const TERMINALS = [Terminal.WEB, Terminal.PC];

interface File {
  readonly type: string;
  readonly text: string;
}

/**
 * Reads and bundles the page once.
 * @param entry Path of the script of the page.
 */
export async function pageServer(
  tokens: Tokens,
  entry = PAGE_SCRIPT,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const [html, icon, { script, style }] = await Promise.all([read('index.html'), read('icon.svg'), bundlePage(entry)]);
  const files = new Map<string, File>([
    ['/', { type: 'text/html', text: html }],
    ['/style.css', { type: 'text/css', text: style }],
    ['/icon.svg', { type: 'image/svg+xml', text: icon }],
    ['/main.js', { type: 'text/javascript', text: script }],
  ]);
  return (request, response) => {
    answer(request, files, tokens).then(
      ({ status, type, text }) => {
        response.writeHead(status, {
          'content-type': `${type}; charset=utf-8`,
          'content-security-policy': policy(request.headers.host ?? ''),
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        });
        response.end(request.method === 'HEAD' ? undefined : text);
      },
      () => response.writeHead(500).end(),
    );
  };
}

async function answer(
  { method, url = '/' }: IncomingMessage,
  files: ReadonlyMap<string, File>,
  tokens: Tokens,
): Promise<File & { status: number }> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: 'text/plain', text: 'GET only\n' };
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const file = files.get(pathname);
  if (file !== undefined) return { status: 200, ...file };
  const user = pathname === '/token' ? userNamed(searchParams.get('user')) : undefined;
  const terminal = TERMINALS.find((known) => String(known) === (searchParams.get('terminal') ?? String(Terminal.WEB)));
  if (user === undefined || terminal === undefined) return { status: 404, type: 'text/plain', text: 'not found\n' };
  // A real platform would ask for a password first.
  return { status: 200, type: 'text/plain', text: await tokens.issue({ userId: user.userId, terminal }) };
}

function read(name: string): Promise<string> {
  return readFile(new URL(`page/${name}`, import.meta.url), 'utf8');
}
