// Distinguishes older clients from others: on TCP by the first bytes of the connection, on WebSocket by the kind of the first message.
import type { ServerConnection } from '../../connection/server-connection.js';
import type { Transport, TransportOwner } from '../../connection/transport.js';
import { isProtocolError, ProtocolError } from '../../errors.js';
import { DEFAULT_MAX_FRAME_BYTES, HANDSHAKE_MAX_FRAME_BYTES } from '../../limits.js';
import { concatFrames } from '../tcp-transport.js';
import { LegacyPeer } from './legacy-peer.js';
import { beginsWithText, TextSplitter } from './text-splitter.js';
import type { LegacyText, Translations } from './translations.js';

const EMPTY = new Uint8Array(0);

/** Between a transport and its connection. */
export class LegacySwitch implements TransportOwner {
  readonly #connection: ServerConnection;
  readonly #owner: TransportOwner;
  readonly #translations: Translations;
  readonly #maxBytes: number;
  #transport: Transport | undefined;
  #mode: 'undecided' | 'frames' | 'texts' = 'undecided';
  /** On TCP, the bytes that do not decide yet: at most 4. */
  #first: Uint8Array = EMPTY;
  #peer: LegacyPeer | undefined;
  /** On TCP. */
  #splitter: TextSplitter | undefined;

  /** @param maxFrameBytes the option of `listen`, which also limits texts. */
  constructor(connection: ServerConnection, translations: Translations, maxFrameBytes: number | undefined) {
    this.#connection = connection;
    this.#owner = connection.driver;
    this.#translations = translations;
    const { maxFrameBytes: maxTextBytes, tcpLengthBytes } = translations.profile;
    this.#maxBytes = Math.min(maxFrameBytes || DEFAULT_MAX_FRAME_BYTES, maxTextBytes + tcpLengthBytes);
  }

  /** The transport for the connection. @param transport the one below, which calls this switch. */
  over(transport: Transport): Transport {
    this.#transport = transport;
    return {
      get subprotocol() {
        return transport.subprotocol;
      },
      get bufferedBytes() {
        return transport.bufferedBytes;
      },
      write: (frames) => {
        if (this.#peer === undefined) transport.write(frames);
        else this.#peer.write(frames);
      },
      close: (code, reason) => transport.close(code, reason),
      pause: () => transport.pause?.(),
      resume: () => transport.resume?.(),
    };
  }

  received(bytes: Uint8Array): void {
    if (this.#mode === 'frames') this.#owner.received(bytes);
    else if (this.#transport?.writeText !== undefined) this.#takeBinary(bytes);
    else if (this.#splitter !== undefined) this.#split(this.#splitter, bytes);
    else this.#decide(this.#first.length === 0 ? bytes : Buffer.concat([this.#first, bytes]));
  }

  text(text: string): boolean {
    if (this.#mode === 'frames') return false;
    if (this.#mode === 'undecided') this.#begin();
    this.#take([text]);
    return true;
  }

  drained(): void {
    this.#owner.drained();
  }

  ended(closeCode?: number, cause?: unknown): void {
    // They may be the beginning of a frame.
    if (this.#first.length > 0) this.#owner.received(this.#first);
    this.#owner.ended(closeCode, cause);
  }

  #takeBinary(bytes: Uint8Array): void {
    if (this.#mode === 'texts') {
      this.#connection.refuseText(new ProtocolError('MALFORMED_PAYLOAD', 'expected a text message, got a binary one'), true);
      return;
    }
    this.#mode = 'frames';
    this.#owner.received(bytes);
  }

  #decide(first: Uint8Array): void {
    const { tcpLengthBytes } = this.#translations.profile;
    const isText = beginsWithText(first, tcpLengthBytes);
    this.#first = isText === undefined ? first : EMPTY;
    if (isText === undefined) return;
    if (!isText) {
      this.#mode = 'frames';
      this.#owner.received(first);
      return;
    }
    this.#splitter = new TextSplitter(tcpLengthBytes);
    this.#begin();
    this.#split(this.#splitter, first);
  }

  /** Older clients have no handshake: it is done for them. */
  #begin(): void {
    this.#mode = 'texts';
    this.#peer = new LegacyPeer(this.#translations, this.#connection, {
      toSession: (bytes) => this.#owner.received(bytes),
      toClient: (text) => this.#write(text),
      failed: (cause) => {
        this.#connection.failed(cause);
        this.#connection.close(new ProtocolError('INTERNAL', 'a message could not be translated', { cause }));
      },
    });
    this.#connection.becomeLegacy(this.#translations.profile.name);
    this.#owner.received(this.#peer.hello());
  }

  #write({ message, framed }: LegacyText): void {
    const transport = this.#transport;
    if (transport?.writeText !== undefined) transport.writeText(message);
    else transport?.write([framed]);
  }

  #split(splitter: TextSplitter, bytes: Uint8Array): void {
    const maxBytes = this.#connection.user !== undefined ? this.#maxBytes : Math.min(this.#maxBytes, HANDSHAKE_MAX_FRAME_BYTES);
    try {
      this.#take(splitter.push(bytes, maxBytes));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.#connection.refuseText(error, true);
    }
  }

  /** The frames of one chunk go to the session together: it limits the number of chunks that wait. */
  #take(texts: Iterable<string>): void {
    let frames: Uint8Array[] = [];
    const deliver = (): void => {
      if (frames.length > 0) this.#owner.received(concatFrames(frames));
      frames = [];
    };
    try {
      for (const text of texts) {
        const frame = this.#frameOf(text);
        if (!isProtocolError(frame)) frames.push(frame);
        else {
          deliver();
          this.#connection.refuseText(frame, false);
        }
      }
    } finally {
      deliver();
    }
  }

  #frameOf(text: string): Uint8Array | ProtocolError {
    try {
      return this.#peer!.frameOf(text);
    } catch (error) {
      if (isProtocolError(error)) return error;
      throw error;
    }
  }
}
