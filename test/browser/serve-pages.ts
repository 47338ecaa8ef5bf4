// A web server for the scripts, as strict as one can be: nothing is loaded but what the tests need.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self' ws://127.0.0.1:*",
  "worker-src 'self'",
  "style-src 'self'",
].join('; ');

export interface Site {
  /** `http://127.0.0.1:40123` */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Serves each script as `/name.js`, and as the page `/name.html` that loads it.
 * @param scripts by name.
 */
export async function servePages(scripts: ReadonlyMap<string, string>): Promise<Site> {
  const server = createServer(responder(scripts));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function responder(scripts: ReadonlyMap<string, string>): RequestListener {
  return ({ url = '' }, response) => {
    const [, name, type] = /^\/([\w-]+)\.(js|html)(?:\?|$)/.exec(url) ?? [];
    const script = scripts.get(name);
    // A Worker is bound by the policy that comes with its own script, not by that of its page.
    response.setHeader('content-security-policy', POLICY);
    if (script === undefined) response.writeHead(404).end();
    else if (type === 'js') response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
    else response.setHeader('content-type', 'text/html; charset=utf-8').end(pageOf(name));
  };
}

function pageOf(name: string): string {
  return `<!doctype html><html lang="en"><title>${name}</title><script type="module" src="/${name}.js"></script></html>\n`;
}
