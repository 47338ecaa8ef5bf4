// The server of the chats, and of the pages in browsers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Command, SendCode, type SendInfo } from '../../src/index.js';
import { listen, type ServerConnection } from '../../src/node/index.js';
import type { Report } from '../../test/runtimes/program/report.js';
import type { Page } from './runtime.js';

/** A connection is closed after this many messages, and the client comes back. */
const MESSAGES_PER_CONNECTION = 6;

export interface ChatServer {
  readonly port: number;
  /** Serves a page with a script, and takes its report. */
  addPage(script?: string): Page;
  close(): Promise<void>;
}

export async function startChatServer(): Promise<ChatServer> {
  const scripts = new Map<string, string>();
  const reports = new Map<string, (report: Report) => void>();
  const counts = new WeakMap<ServerConnection, number>();
  const server = await listen({
    host: '127.0.0.1',
    login: () => ({ userId: 1n, terminal: 1, sessionId: 's' }),
    message(message, connection) {
      const count = (counts.get(connection) ?? 0) + 1;
      counts.set(connection, count);
      if (count > MESSAGES_PER_CONNECTION) {
        connection.close();
        return undefined;
      }
      connection.push(echo(message));
      const value = { code: SendCode.SUCCESS, cmd: message.cmd, messageId: 7n };
      return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
    },
    http: (request, response) => void answer(request, response, scripts, reports),
  });
  return {
    port: server.port,
    addPage(script) {
      const name = `page-${reports.size + 1}`;
      if (script !== undefined) scripts.set(name, script);
      const report = new Promise<Report>((resolve) => void reports.set(name, resolve));
      return { url: `http://127.0.0.1:${server.port}/${name}`, report };
    },
    close: () => server.close(),
  };
}

function echo({ data }: SendInfo) {
  const content = data?.$case === 'privateMessage' ? { messageId: 7n, body: data.value.content?.body } : undefined;
  return { cmd: Command.SYSTEM_MESSAGE, data: { $case: 'systemMessage', value: { content } } } as const;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  scripts: ReadonlyMap<string, string>,
  reports: ReadonlyMap<string, (report: Report) => void>,
): Promise<void> {
  const [, name, kind] = (request.url ?? '').split('/');
  const script = scripts.get(name);
  if (request.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    reports.get(name)?.(JSON.parse(Buffer.concat(chunks).toString()) as Report);
    response.end();
  } else if (script === undefined) response.writeHead(404).end();
  else if (kind === 'script.js') response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
  else response.setHeader('content-type', 'text/html').end(`<!doctype html><script src="/${name}/script.js"></script>`);
}
