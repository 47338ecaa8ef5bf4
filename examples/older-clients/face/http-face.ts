// HTTP for clients of the older system, which send, recall, mark as read and pull by it: the platform behind the calls of their platform.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UserInfo } from '@im/protocol';
import { Params } from './params.js';
import { failure, Refusal, type Result, ResultCode, success } from './results.js';

/** Of a body. Contents have at most 1024 characters. */
const MAX_BODY_BYTES = 65_536;

/** A call of a client that has logged in. */
export interface Call {
  readonly user: UserInfo;
  readonly query: Params;
  /** The number at the end of the path; 0 = there is none. */
  readonly pathId: bigint;
  /** The body of a POST, as it came; empty for other methods. */
  readonly body: string;
}

/** Handles a call. The result is `data` of the answer; undefined: null. @throws Refusal, ProtocolError */
export type Handler = (call: Call) => Promise<unknown>;
/** The same, without a login. */
export type OpenHandler = (call: { body: string; header: (name: string) => string | undefined }) => Promise<unknown>;

/** Handlers by method and path: `'DELETE /message/private/recall/{id}'`. */
export type Routes<H> = Readonly<Record<string, H>>;

export interface HttpFaceOptions {
  /** Calls that need no access token. */
  readonly open: Routes<OpenHandler>;
  readonly calls: Routes<Handler>;
  /** The user of an access token. @throws ProtocolError UNAUTHENTICATED */
  readonly verify: (accessToken: string) => Promise<UserInfo>;
  readonly onError: (error: unknown) => void;
}

/** The option `http` of `listen`. */
export type HttpFace = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHttpFace(options: HttpFaceOptions): HttpFace {
  return async (request, response) => {
    const { url = '' } = request;
    const [, pathname, query = ''] = /^([^?]*)\??(.*)$/s.exec(url) as RegExpExecArray;
    const [, path, id] = /^(.*?)(?:\/(\d{1,16}))?$/s.exec(pathname) as RegExpExecArray;
    const route = `${request.method} ${id === undefined ? path : `${path}/{id}`}`;
    const open = own(options.open, route);
    const handler = own(options.calls, route);
    if (open === undefined && handler === undefined) return send(response, 404, notFound(route));
    try {
      // The token comes first: only users who are logged in make the server read a body.
      const user = handler && (await userOf(request, options));
      const body = request.method === 'POST' ? await bodyOf(request) : '';
      const data = handler
        ? await handler({ user: user!, query: Params.ofQuery(new URLSearchParams(query)), pathId: BigInt(id ?? 0), body })
        : await open!({ body, header: (name) => headerOf(request, name) });
      send(response, 200, success(data));
    } catch (error) {
      send(response, 200, failure(error, options.onError));
    }
  };
}

function own<H>(routes: Routes<H>, route: string): H | undefined {
  return Object.hasOwn(routes, route) ? routes[route] : undefined;
}

/** @throws Refusal NOT_LOGGED_IN without a token, INVALID_TOKEN for one that is forged or has expired. */
async function userOf(request: IncomingMessage, { verify }: HttpFaceOptions): Promise<UserInfo> {
  const token = headerOf(request, 'accesstoken');
  if (token === undefined) throw new Refusal(ResultCode.NOT_LOGGED_IN, '未登录');
  try {
    return await verify(token);
  } catch {
    throw new Refusal(ResultCode.INVALID_TOKEN, 'token无效或已过期');
  }
}

/** @param name in lower case. Undefined: it is missing, or empty. */
function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @throws Refusal for a body that is too large, or ends early. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Without this option, an end of the loop would close the connection before the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Refusal(ResultCode.FAILED, 'body: incomplete');
  }
  if (bytes > MAX_BODY_BYTES) throw new Refusal(ResultCode.FAILED, `body: expected at most ${MAX_BODY_BYTES} bytes`);
  return Buffer.concat(chunks).toString();
}

function notFound(route: string): Result {
  return { code: 404, message: `no such call: ${route}`, data: null };
}

function send(response: ServerResponse, status: number, result: Result): void {
  // The body of a refused call may not have been read: its connection is of no further use.
  const connection = response.req.complete ? undefined : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...connection });
  response.end(JSON.stringify(result));
}
