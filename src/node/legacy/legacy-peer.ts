// An older client in the place of a client of this protocol: its texts become frames for the session of the server, and the frames of the server
// become texts. So deadlines, limits, the registry and metrics hold for it as for every client.
import type { CallSignal } from '../../../generated/im/protocol/v1/call_signal.js';
import { Command } from '../../../generated/im/protocol/v1/command.js';
import { SendCode } from '../../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../../generated/im/protocol/v1/send_info.js';
import { encodeFrame } from '../../codec/encode-frame.js';
import type { ServerConnection } from '../../connection/server-connection.js';
import { ProtocolError } from '../../errors.js';
import { decodeLegacy, withDescription } from '../../legacy/index.js';
import { LARGEST_FRAME_BYTES, LEGACY_COMMAND } from '../../limits.js';
import { createHello } from '../../negotiate/create-hello.js';
import { REASON_REPLACED } from '../../session/session-options.js';
import type { LegacyText, Translation, Translations } from './translations.js';

/** Features whose messages older clients have as well. */
const FEATURES: readonly string[] = ['calls'];
/** Requests to which older clients expect an answer. */
const ANSWERED: readonly number[] = [Command.LOGIN, Command.HEARTBEAT];
/** Maximum number of calls whose description has not come yet. */
const MAX_HELD = 16;

/** Where a LegacyPeer sends to. */
export interface LegacyPeerPorts {
  /** A frame for the session. */
  toSession(bytes: Uint8Array): void;
  /** A text for the client. */
  toClient(text: LegacyText): void;
  /** A frame could not be turned into texts. */
  failed(error: unknown): void;
}

export class LegacyPeer {
  readonly #translations: Translations;
  readonly #connection: Pick<ServerConnection, 'version' | 'user'>;
  readonly #ports: LegacyPeerPorts;
  #sequence = 0;
  /** Receipts for pushes, which older clients do not send. */
  #receipts: SendInfoInit[] = [];
  /** Steps of calls that wait for their session description, by call. */
  #held: Map<string, CallSignal> | undefined;

  constructor(translations: Translations, connection: Pick<ServerConnection, 'version' | 'user'>, ports: LegacyPeerPorts) {
    this.#translations = translations;
    this.#connection = connection;
    this.#ports = ports;
  }

  /** The frame that begins the handshake, which older clients do not have. */
  hello(): Uint8Array {
    const agent = `legacy/${this.#translations.profile.name}`;
    return encodeFrame('Hello', createHello({ features: FEATURES, maxFrameBytes: LARGEST_FRAME_BYTES, agent }));
  }

  /** The frame for a text of the client. @throws ProtocolError for a text that the profile does not allow. */
  frameOf(text: string): Uint8Array {
    const { user } = this.#connection;
    const { message } = decodeLegacy(text, this.#translations.profile, { user, senderTerminal: user?.terminal });
    // A frame of the older system that is no message: a server sends those, not a client.
    if (message.cmd === LEGACY_COMMAND)
      throw new ProtocolError('UNSUPPORTED_COMMAND', 'the text has no command that a client may send');
    const sequence = ANSWERED.includes(message.cmd) ? ++this.#sequence : 0;
    return this.#encode({ ...message, sequence });
  }

  /** Passes on frames of the server. */
  write(frames: readonly Uint8Array[]): void {
    for (const bytes of frames) {
      try {
        const translation = this.#translations.of(bytes);
        if (translation !== undefined) this.#toClient(translation);
      } catch (error) {
        // The session is writing, and must not be called now.
        queueMicrotask(() => this.#ports.failed(error));
      }
    }
  }

  #toClient(translation: Translation): void {
    const { cmd, sequence } = translation.message;
    const texts = this.#textsOf(translation);
    for (const text of texts) this.#ports.toClient(text);
    if (sequence === 0) return;
    // As on older servers, what was written counts as received.
    const code = texts.length === 0 ? SendCode.UNSUPPORTED_VERSION : SendCode.SUCCESS;
    const value = { code, cmd };
    this.#receipts.push({ cmd: Command.SEND_RESULT, replyTo: sequence, data: { $case: 'sendResult', value } });
    // The session is writing, and must not be called now.
    if (this.#receipts.length === 1) queueMicrotask(() => this.#confirm());
  }

  #textsOf(translation: Translation): readonly LegacyText[] {
    const { message } = translation;
    const receiverId = this.#connection.user?.userId;
    const completed = this.#completed(message);
    if (completed === message) return translation.textsFor(receiverId);
    return completed === undefined ? [] : this.#translations.write(completed, receiverId);
  }

  /** The message as older clients get it; undefined while it waits for another one. */
  #completed(message: SendInfo): SendInfoInit | undefined {
    const { data } = message;
    if (data?.$case === 'call') return this.#withDescription(message, data.value);
    // People see this text. The profile has one in the language of the older system.
    if (data?.$case === 'forceLogout' && data.value.reason === REASON_REPLACED)
      return { ...message, data: { $case: 'forceLogout', value: { ...data.value, reason: '' } } };
    return message;
  }

  /**
   * Between two users, older clients need the session description in the invite and in the accept: these wait for it. Undefined while one
   * waits. In a group, each pair exchanges descriptions later.
   */
  #withDescription(message: SendInfo, signal: CallSignal): SendInfoInit | undefined {
    const { callId, action, conversation } = signal;
    if (conversation?.kind?.$case === 'groupId') return message;
    const held = this.#held?.get(callId);
    if (action?.$case === 'offer' || action?.$case === 'answer') {
      if (held === undefined) return message;
      this.#held?.delete(callId);
      return { ...message, data: { $case: 'call', value: withDescription(held, action.value) } };
    }
    const waits =
      (action?.$case === 'invite' && action.value.offer === undefined) ||
      (action?.$case === 'accept' && action.value.answer === undefined);
    if (action?.$case === 'end') this.#held?.delete(callId);
    if (!waits) return message;
    this.#held ??= new Map();
    this.#held.set(callId, signal);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MAX_HELD) this.#held.delete(oldest);
    return undefined;
  }

  #confirm(): void {
    for (const receipt of this.#receipts.splice(0)) this.#ports.toSession(this.#encode(receipt));
  }

  #encode(message: SendInfoInit): Uint8Array {
    return encodeFrame('SendInfo', message, { version: this.#connection.version, maxFrameBytes: LARGEST_FRAME_BYTES });
  }
}
