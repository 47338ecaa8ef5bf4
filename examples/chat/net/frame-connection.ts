// A transport that carries frames: what the client and the server have in common.
import {
  type Agreement,
  type EncodeFrameOptions,
  encodeFrame,
  type Frame,
  FrameDecoder,
  HANDSHAKE_MAX_FRAME_BYTES,
  type InvalidFrame,
  type SendInfoInit,
} from '@im/protocol';
import { createDeflate } from '@im/protocol/node';
import type { Transport } from './transport.js';

/** The features that both sides of this demo can. */
export const DEMO_FEATURES = ['deflate'];

/** A frame, and how many bytes it took on the wire. */
export interface Received {
  readonly frame: Frame | InvalidFrame;
  readonly bytes: number;
}

const NOTHING = new Uint8Array(0);

export class FrameConnection {
  /** One frame a push: what a frame changes (the version, the limit, deflate) then holds for the very next one. */
  readonly #decoder = new FrameDecoder({ limits: { maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, maxFramesPerPush: 1 } });
  #encoding: EncodeFrameOptions = {};

  constructor(readonly transport: Transport) {}

  /** From the handshake on: one version, and only the features that are agreed on. */
  agree({ version, features, maxFrameBytes }: Agreement): void {
    const deflate = features.includes('deflate') ? createDeflate() : undefined;
    this.#decoder.version = version;
    this.#decoder.deflate = deflate;
    this.#encoding = { version, maxFrameBytes, compress: deflate };
  }

  /** Before the handshake is complete, where its version is settled already. */
  speak(version: number): void {
    this.#encoding = { version };
  }

  /** The largest whole frame that is taken from the peer: 16384 bytes until this is called. */
  accept(maxFrameBytes: number): void {
    this.#decoder.maxFrameBytes = maxFrameBytes;
  }

  /** Every frame that arrives. Throws a ProtocolError where the framing breaks. */
  async *frames(): AsyncGenerator<Received> {
    const decoder = this.#decoder;
    for await (let chunk of this.transport.chunks) {
      for (;;) {
        const held = decoder.pendingBytes + chunk.length;
        const [frame] = decoder.push(chunk);
        if (frame === undefined) break;
        yield { frame, bytes: held - decoder.pendingBytes };
        chunk = NOTHING;
      }
      // "a binary message ... that ends inside a frame is TRUNCATED"
      if (this.transport.subprotocol !== undefined) decoder.end();
    }
    decoder.end();
  }

  /** Returns the bytes that it sent. */
  send(message: SendInfoInit): Uint8Array {
    return this.write(encodeFrame('SendInfo', message, this.#encoding));
  }

  /** Sends whole frames. */
  write(frames: Uint8Array): Uint8Array {
    this.transport.send(frames);
    return frames;
  }
}
