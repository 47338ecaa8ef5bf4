import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from './listen-options.js';
import { pathOf } from './upgrades.js';

const LIVE_PATH = '/healthz';
const READY_PATH = '/readyz';

/**
 * Answers health checks of load balancers and orchestrators, for the option `http` of `listen`, or in any other HTTP server:
 *
 * - `/healthz`: 200 while the process answers.
 * - `/readyz`: 200 while `server.status` is `ready`, otherwise 503.
 *
 * The body is JSON with the status: `{"status":"ready"}`.
 * @returns false for other paths, which are not answered.
 */
export function answerHealth(server: Pick<Server, 'status'>, request: IncomingMessage, response: ServerResponse): boolean {
  const path = pathOf(request);
  if (path !== LIVE_PATH && path !== READY_PATH) return false;
  const { status } = server;
  // "The origin server MUST generate an Allow header field in a 405 response" (RFC 9110, section 15.5.6)
  if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  else {
    const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
    response.writeHead(path === LIVE_PATH || status === 'ready' ? 200 : 503, headers);
    response.end(`${JSON.stringify({ status })}\n`);
  }
  return true;
}
