// A client and a server of version 2 without a network: what one writes, the other receives at once.
import { FEATURES } from '../../src/limits.js';
import {
  ClientSession,
  type ClientSessionOptions,
  ServerSession,
  type ServerSessionOptions,
  type Session,
} from '../../src/session/index.js';
import { SENDER } from './alphabet.js';
import { silent } from './stages.js';

export class Pair {
  readonly client: ClientSession;
  readonly server: ServerSession;
  nowMs = 0;

  /** Both have logged in, unless `session` is undefined. */
  constructor(
    ofClient: ClientSessionOptions = {},
    ofServer: ServerSessionOptions = {},
    session: Parameters<ServerSession['acceptLogin']>[1] = SENDER,
  ) {
    const plain = { grease: false, random: () => 0.5 };
    this.client = new ClientSession({ ...plain, login: { accessToken: 't' }, ...ofClient }, 0);
    this.server = new ServerSession({ ...plain, features: FEATURES, ...ofServer }, 0);
    this.client.open(0);
    this.pass();
    for (const event of this.server.takeEvents()) if (event.type === 'login') this.server.acceptLogin(event.sequence, session, 0);
    this.pass();
    silent(this.client);
    silent(this.server);
  }

  /** Delivers what both sides have written, until nothing is left. Returns the frames of the client. */
  pass(): Uint8Array[] {
    const sent: Uint8Array[] = [];
    for (;;) {
      const fromClient = this.client.takeBytes();
      sent.push(...fromClient);
      if (move(fromClient, this.server, this.nowMs) + move(this.server.takeBytes(), this.client, this.nowMs) === 0) return sent;
    }
  }

  /** The client sends a request; the server takes its events. Returns the sequence and the events of the client. */
  send(message: Parameters<Session['request']>[0]) {
    const sequence = this.client.request(message, this.nowMs);
    this.pass();
    return { sequence, taken: this.server.takeEvents(), answers: this.client.takeEvents() };
  }

  /** Time goes on for both. */
  wait(ms: number): void {
    this.nowMs += ms;
    for (const session of [this.client, this.server]) session.tick(this.nowMs);
    this.pass();
  }
}

function move(frames: Uint8Array[], to: Session, nowMs: number): number {
  for (const frame of frames) to.receive(frame, nowMs);
  return frames.length;
}
