// Sessions in each of their states, brought there by a peer that is not the code under test.
import { encodeFrame } from '../../src/codec/encode-frame.js';
import {
  ClientSession,
  type ClientSessionOptions,
  ServerSession,
  type ServerSessionOptions,
  type Session,
} from '../../src/session/index.js';
import { helloWith, welcomeWith } from '../negotiate/universe.js';
import { SENDER } from './alphabet.js';

/** Nothing is left to chance, and the version is settled before the Welcome. */
export const PLAIN = { grease: false, random: () => 0.5, versions: [1] } as const;

export const HELLO = encodeFrame('Hello', helloWith({}));
export const WELCOME = encodeFrame('Welcome', welcomeWith({ heartbeatIntervalMs: 30_000 }));
export const LOGIN = encodeFrame('SendInfo', {
  cmd: 1,
  sequence: 1,
  data: { $case: 'login', value: { accessToken: 't', deviceId: 'd-1' } },
});
export const SESSION = encodeFrame('SendInfo', { cmd: 1, replyTo: 1, data: { $case: 'session', value: SENDER } });
export const DRAIN = encodeFrame('SendInfo', { cmd: 9, data: { $case: 'drain', value: { graceMs: 60_000 } } });

/** Drops what it has written so far. */
export function silent<S extends Session>(session: S): S {
  session.takeBytes();
  session.takeEvents();
  return session;
}

/** A server that has sent its Welcome. */
export function anonymousServer(options: ServerSessionOptions = {}): ServerSession {
  const server = new ServerSession({ ...PLAIN, ...options }, 0);
  server.receive(HELLO, 0);
  return silent(server);
}

/** A server on which user 1 is logged in, on the web. */
export function server(options: ServerSessionOptions = {}): ServerSession {
  const session = anonymousServer(options);
  session.receive(LOGIN, 0);
  session.acceptLogin(1, { ...SENDER, sessionId: 's' }, 0);
  return silent(session);
}

/** A client that has sent Hello and LOGIN, the LOGIN as its request 1. */
export function negotiatingClient(options: ClientSessionOptions = {}): ClientSession {
  const client = new ClientSession({ ...PLAIN, login: { accessToken: 't', deviceId: 'd-1' }, ...options }, 0);
  client.open(0);
  return silent(client);
}

export function anonymousClient(options: ClientSessionOptions = {}): ClientSession {
  const client = negotiatingClient(options);
  client.receive(WELCOME, 0);
  return silent(client);
}

/** A client that is logged in as user 1, on the web. */
export function client(options: ClientSessionOptions = {}): ClientSession {
  const session = anonymousClient(options);
  session.receive(SESSION, 0);
  return silent(session);
}
