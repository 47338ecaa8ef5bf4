// Frames of a server as texts for its older clients. A broadcast is translated once, not once for each connection.

import type { SendInfo, SendInfoInit } from '../../../generated/im/protocol/v1/send_info.js';
import { decodeFrame } from '../../codec/decode-frame.js';
import { encodeLegacyAll, type LegacyProfile } from '../../legacy/index.js';
import { LARGEST_FRAME_BYTES } from '../../limits.js';
import { withLength } from './text-splitter.js';

/** A text for older clients. It must not be changed, since several connections may write it. */
export interface LegacyText {
  /** The UTF-8 of the text: a WebSocket message. */
  readonly message: Uint8Array;
  /** The same after its length, for TCP. */
  readonly framed: Uint8Array;
}

/** The translations of a server: all its older clients have one profile. */
export class Translations {
  readonly profile: LegacyProfile;
  /** Connections that get the same message share the bytes of its frame. */
  readonly #byFrame = new WeakMap<Uint8Array, Translation>();

  constructor(profile: LegacyProfile) {
    this.profile = profile;
  }

  /** @returns undefined for a frame without a message. @throws ProtocolError for a frame that cannot be decoded. */
  of(frame: Uint8Array): Translation | undefined {
    const known = this.#byFrame.get(frame);
    if (known !== undefined) return known;
    const { type, message } = decodeFrame(frame, { validate: false, limits: { maxFrameBytes: LARGEST_FRAME_BYTES } });
    if (type !== 'SendInfo') return undefined;
    const translation = new Translation(message, this);
    this.#byFrame.set(frame, translation);
    return translation;
  }

  /** The texts for a message. @param readsReceiver called if they depend on the receiver. */
  write(message: SendInfoInit, receiverId: bigint | undefined, readsReceiver = (): void => {}): LegacyText[] {
    const options = {
      get receiverId() {
        readsReceiver();
        return receiverId;
      },
    };
    return encodeLegacyAll({ type: 'SendInfo', message }, this.profile, options).map((text) => this.#textOf(text));
  }

  #textOf(text: string): LegacyText {
    const { tcpLengthBytes } = this.profile;
    const framed = withLength(text, tcpLengthBytes);
    return { message: framed.subarray(tcpLengthBytes), framed };
  }
}

/** A message, and its texts once they are known. */
export class Translation {
  readonly message: SendInfo;
  readonly #translations: Translations;
  #shared: readonly LegacyText[] | undefined;

  constructor(message: SendInfo, translations: Translations) {
    this.message = message;
    this.#translations = translations;
  }

  /** The texts for a receiver. Most are the same for all. */
  textsFor(receiverId: bigint | undefined): readonly LegacyText[] {
    if (this.#shared !== undefined) return this.#shared;
    let isPersonal = false;
    const texts = this.#translations.write(this.message, receiverId, () => {
      isPersonal = true;
    });
    if (!isPersonal) this.#shared = texts;
    return texts;
  }
}
