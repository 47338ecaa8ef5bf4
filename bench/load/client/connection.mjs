import { connect } from 'node:net';
import { arrival } from './clock.mjs';

/** All connections read into the same memory: what is not used up at once is copied. */
const BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

/** A client of any contender, which does as little as can be done: what is measured is the server. */
export class Connection {
  #socket;
  #rest;
  #protocol;
  #settle;
  /** (connection, bytes, start, end) => void: for each message that arrives after login; valid during the call alone. */
  onMessage = ignore;
  onError = crash;

  /** @param protocol a new one of client/protocols. @returns the connection, once it is logged in. */
  static open(protocol, port, localAddress) {
    return new Promise((resolve, reject) => new Connection(protocol, port, localAddress, resolve, reject));
  }

  constructor(protocol, port, localAddress, resolve, reject) {
    this.#protocol = protocol;
    this.#settle = resolve;
    this.onError = reject;
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      localAddress,
      noDelay: true,
      onread: { buffer: BUFFER, callback: (count) => this.#read(count) },
    });
    this.#socket.once('connect', () => this.#attempt(() => protocol.connected(this)));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.once('close', () => this.#fail(new Error('the server ended the connection')));
  }

  get user() {
    return this.#protocol.user;
  }

  get protocol() {
    return this.#protocol;
  }

  write(bytes) {
    this.#socket.write(bytes);
  }

  /** Called by the protocol. */
  loggedIn() {
    this.onError = crash;
    this.#settle(this);
  }

  close() {
    this.onError = ignore;
    this.onMessage = ignore;
    this.#socket.destroy();
  }

  #read(count) {
    arrival.atMs = performance.now();
    this.#attempt(() => this.#take(count));
    return true;
  }

  #take(count) {
    let bytes = BUFFER;
    let end = count;
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, BUFFER.subarray(0, count)]);
      end = bytes.length;
    }
    const used = this.#protocol.take(this, bytes, 0, end);
    this.#rest = used === end ? undefined : Buffer.from(bytes.subarray(used, end));
  }

  #attempt(action) {
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    this.#socket.destroy();
    this.onError(error);
  }
}

function ignore() {}

/** A connection that is lost in the middle makes every figure wrong. */
function crash(error) {
  throw error;
}
