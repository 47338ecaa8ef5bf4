// A client and a server over a connection that splits, delays and may lose bytes, with the invariants that hold at any time.
import { expect } from 'vitest';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { isProtocolError, ProtocolError } from '../../src/errors.js';
import { ClientSession, ServerSession, type Session, type SessionEvent, type SessionState } from '../../src/session/index.js';
import { join } from '../frame/hex.js';
import { SENDER } from './alphabet.js';

export type SideName = 'client' | 'server';

/** A message that was sent. */
interface Sent {
  readonly id: string;
  /** Its sequence, if it is a request. */
  readonly sequence: number;
  /** Its message_id went out before. */
  readonly again: boolean;
}

/** As `expect`, a million times a test: that would take most of its time. */
function check(isSo: boolean, text: string | (() => string)): void {
  if (!isSo) expect.fail(typeof text === 'string' ? text : text());
}

const STATES: readonly SessionState[] = ['connecting', 'negotiating', 'anonymous', 'authenticated', 'draining', 'closed'];
const TYPE_URL = 'test/t.T';

/** One side of the connection, with the state of its application. */
export class Side {
  readonly name: SideName;
  readonly session: Session;
  /** Bytes that are on their way to the peer. */
  onTheWay: Uint8Array = new Uint8Array();
  /** What was sent and has not arrived, in its order. */
  readonly sent: Sent[] = [];
  /** The requests that have no reply yet, by sequence. */
  readonly open = new Map<number, string>();
  /** The requests of the peer that the application has not answered. */
  readonly inbox: { sequence: number; id: string; cmd: number }[] = [];
  /** LOGINs that wait to be accepted. */
  readonly logins: number[] = [];
  closed = false;
  wasDraining = false;
  rank = 0;

  constructor(name: SideName, session: Session) {
    this.name = name;
    this.session = session;
  }
}

export class World {
  readonly client: Side;
  readonly server: Side;
  nowMs = 0;
  latestMs = 0;
  #cut = false;
  #lastId = 0;

  constructor(random: () => number) {
    const client = new ClientSession({ random, login: { accessToken: 't', deviceId: 'd-1' } }, 0);
    this.client = new Side('client', client);
    this.server = new Side('server', new ServerSession({ random, heartbeatIntervalMs: 20_000 }, 0));
    client.open(0);
    this.settle();
  }

  side(name: SideName): Side {
    return this[name];
  }

  /** Sends a message of the application, as a request or not; with `again`, a message_id that went out before. */
  send(name: SideName, isRequest: boolean, kind: 'application' | 'message', again = false): void {
    const { session, sent, open } = this.side(name);
    const isAgain = again && name === 'server' && this.#lastPushed !== undefined;
    const id = isAgain ? this.#lastPushed! : String(++this.#lastId);
    const message = kind === 'message' || isAgain ? chat(name, id) : { cmd: 1000, data: custom(id) };
    try {
      const sequence = isRequest ? session.request(message, this.nowMs) : 0;
      if (!isRequest) session.push(message, this.nowMs);
      else open.set(sequence, message.cmd === 1000 ? `re ${id}` : id);
      sent.push({ id, sequence, again: isAgain });
      if (message.cmd === 6) this.#lastPushed = id;
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      const allowed = session.state === 'closed' || !session.isLoggedIn || (isRequest && session.state === 'draining');
      check(allowed, error.message);
    }
    this.settle();
  }

  #lastPushed: string | undefined;

  /** The application answers the oldest request of the peer. */
  answer(name: SideName, how: 'reply' | 'refuse'): void {
    const { session, inbox } = this.side(name);
    const request = inbox.shift();
    if (request === undefined) return;
    const { sequence, id, cmd } = request;
    if (how === 'refuse') session.refuse(sequence, new ProtocolError('PERMISSION_DENIED', id), this.nowMs);
    else if (cmd === 1000) session.reply(sequence, { cmd, data: custom(`re ${id}`) }, this.nowMs);
    else {
      const value = { code: 1, cmd, messageId: BigInt(id) };
      session.reply(sequence, { cmd: 7, data: { $case: 'sendResult', value } }, this.nowMs);
    }
    this.settle();
  }

  accept(): void {
    const { session, logins } = this.server;
    const sequence = logins.shift();
    if (sequence !== undefined) (session as ServerSession).acceptLogin(sequence, SENDER, this.nowMs);
    this.settle();
  }

  renew(): void {
    const { session } = this.client;
    try {
      const sequence = (session as ClientSession).login({ accessToken: 't2', deviceId: 'd-1' }, this.nowMs);
      this.client.open.set(sequence, 'LOGIN');
    } catch (error) {
      if (!isProtocolError(error)) throw error;
    }
    this.settle();
  }

  /** So many bytes of those on their way arrive. */
  deliver(from: SideName, bytes: number): void {
    if (this.#cut) return;
    const sender = this.side(from);
    const receiver = this.side(from === 'client' ? 'server' : 'client');
    const chunk = sender.onTheWay.slice(0, bytes);
    sender.onTheWay = sender.onTheWay.slice(bytes);
    receiver.session.receive(chunk, this.nowMs);
    this.settle();
    // A side that has closed ends the transport behind its last bytes.
    if (sender.closed && sender.onTheWay.length === 0) this.#end(receiver);
  }

  /** Everything arrives, and what it leads to. */
  deliverAll(): void {
    for (let i = 0; i < 100 && !this.#cut; i++) {
      this.deliver('client', Number.POSITIVE_INFINITY);
      this.deliver('server', Number.POSITIVE_INFINITY);
      if (this.client.onTheWay.length + this.server.onTheWay.length === 0) return;
    }
  }

  /** Time goes on, or back. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.latestMs = Math.max(this.latestMs, this.nowMs);
    for (const { session } of [this.client, this.server]) {
      session.tick(this.nowMs);
      check(session.nextDeadlineMs > this.latestMs, 'after a tick nothing is due');
    }
    this.settle();
  }

  cut(): void {
    this.#cut = true;
    for (const side of [this.client, this.server]) {
      side.onTheWay = new Uint8Array();
      this.#end(side);
    }
  }

  drain(graceMs: number): void {
    (this.server.session as ServerSession).drain({ graceMs }, this.nowMs);
    this.settle();
  }

  takeOver(deviceId: string): void {
    (this.server.session as ServerSession).takeOver({ user: SENDER, deviceId }, this.nowMs);
    this.settle();
  }

  /** "Nothing is lost while the connection holds": all that was sent has arrived, except what may be refused. */
  expectNothingLost(): void {
    this.deliverAll();
    if (this.client.closed || this.server.closed) return;
    for (const side of [this.client, this.server]) {
      const lost = side.sent.filter((sent) => !this.#mayBeDropped(side, sent));
      check(lost.length === 0, () => `lost: ${JSON.stringify(lost)}`);
      check(side.onTheWay.length === 0, 'all has arrived');
    }
  }

  /** After the end of both sides no request is open. */
  finish(): void {
    this.cut();
    for (const { session, open } of [this.client, this.server]) {
      expect([...open]).toEqual([]);
      expect([session.openRequests, session.unanswered, session.state]).toEqual([0, 0, 'closed']);
    }
  }

  #end(side: Side): void {
    side.session.end(this.nowMs);
    this.settle();
  }

  /** Takes what both sides have to say and to tell, and checks it. */
  settle(): void {
    for (const side of [this.client, this.server]) {
      const frames = side.session.takeBytes();
      check(!side.closed || frames.length === 0, 'a side that has closed writes nothing');
      if (!this.#cut && frames.length > 0) side.onTheWay = join(side.onTheWay, ...frames);
      for (const event of side.session.takeEvents()) this.#take(side, event);
      const rank = STATES.indexOf(side.session.state);
      check(rank >= side.rank, 'a state is never followed by an earlier one');
      side.rank = rank;
      side.wasDraining ||= side.session.state === 'draining';
      check(side.closed === (side.session.state === 'closed'), 'a side that has closed has said so');
    }
  }

  #take(side: Side, event: SessionEvent): void {
    check(!side.closed, 'closed is the last event');
    switch (event.type) {
      case 'login':
        side.logins.push(event.sequence);
        return;
      case 'overdue':
        expect(side.logins.shift()).toBe(event.sequence);
        return;
      case 'message':
        if (event.message.cmd !== 3) this.#arrive(side, event.message);
        return;
      case 'reply':
      case 'failed': {
        const expected = side.open.get(event.sequence);
        side.open.delete(event.sequence);
        // LOGIN and heartbeats are requests of the session itself.
        if (event.type === 'failed' || [1, 2].includes(event.message.cmd)) return;
        check(idOf(event.message) === expected, () => `a reply ${idOf(event.message)} to ${expected}`);
        return;
      }
      case 'closed':
        side.closed = true;
        expect([...side.open]).toEqual([]);
    }
  }

  /** "Messages arrive in order and unaltered, nothing twice." */
  #arrive(side: Side, message: SendInfo): void {
    const peer = side === this.client ? this.server : this.client;
    const id = idOf(message);
    while (peer.sent.length > 0) {
      const next = peer.sent.shift()!;
      if (next.id === id && next.sequence === message.sequence && !next.again) {
        if (message.sequence !== 0) side.inbox.push({ sequence: message.sequence, id, cmd: message.cmd });
        return;
      }
      check(this.#mayBeDropped(peer, next), () => `${next.id} was lost before ${id}`);
    }
    expect.fail(`${id} was not sent, or came twice`);
  }

  #mayBeDropped(sender: Side, { again, sequence }: Sent): boolean {
    return again || (sender === this.client && sequence !== 0 && this.server.wasDraining);
  }
}

function chat(name: SideName, id: string): SendInfoInit {
  const content = { messageId: name === 'server' ? BigInt(id) : 0n, body: { $case: 'text', value: { text: id } } } as const;
  if (name === 'server') return { cmd: 6, data: { $case: 'systemMessage', value: { content } } };
  return { cmd: 4, data: { $case: 'privateMessage', value: { sender: SENDER, receiverId: 2n, content } } };
}

function custom(id: string) {
  return { $case: 'custom', value: { typeUrl: TYPE_URL, value: Uint8Array.from(id, (char) => char.charCodeAt(0)) } } as const;
}

function idOf({ data }: SendInfo): string {
  switch (data?.$case) {
    case 'custom':
      return String.fromCharCode(...data.value.value);
    case 'sendResult':
      return String(data.value.messageId);
    case 'privateMessage':
    case 'systemMessage': {
      const body = data.value.content?.body;
      return body?.$case === 'text' ? body.value.text : '';
    }
    default:
      return '';
  }
}
