// The handlers of `Client.on`: functions that get the messages of a command.
import type { Any } from '../../generated/google/protobuf/any.js';
import type { CallSignal } from '../../generated/im/protocol/v1/call_signal.js';
import type { Command } from '../../generated/im/protocol/v1/command.js';
import type { ConversationState } from '../../generated/im/protocol/v1/conversation_state.js';
import type { DeleteForMe } from '../../generated/im/protocol/v1/delete_for_me.js';
import type { ForceLogout } from '../../generated/im/protocol/v1/force_logout.js';
import type { GroupMessage } from '../../generated/im/protocol/v1/group_message.js';
import type { MessageChunk } from '../../generated/im/protocol/v1/message_chunk.js';
import type { PresenceList } from '../../generated/im/protocol/v1/presence.js';
import type { PrivateMessage } from '../../generated/im/protocol/v1/private_message.js';
import type { ReadPosition } from '../../generated/im/protocol/v1/read_position.js';
import type { Receipts } from '../../generated/im/protocol/v1/receipts.js';
import type { RoomMessage } from '../../generated/im/protocol/v1/room.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { SystemMessage } from '../../generated/im/protocol/v1/system_message.js';
import type { Typing } from '../../generated/im/protocol/v1/typing.js';
import { run } from '../callbacks.js';
import type { SpecifiedCommand } from './request-types.js';

/** What a server sends without being asked: the data of each command. */
export interface ServerMessages {
  [Command.FORCE_LOGOUT]: ForceLogout;
  [Command.PRIVATE_MESSAGE]: PrivateMessage;
  [Command.GROUP_MESSAGE]: GroupMessage;
  [Command.SYSTEM_MESSAGE]: SystemMessage;
  [Command.READ]: ReadPosition;
  [Command.CONVERSATION]: ConversationState;
  [Command.TYPING]: Typing;
  [Command.CHUNK]: MessageChunk;
  [Command.CALL]: CallSignal;
  [Command.PRESENCE]: PresenceList;
  [Command.ROOM_MESSAGE]: RoomMessage;
  [Command.RECEIPTS]: Receipts;
  [Command.DELETE_FOR_ME]: DeleteForMe;
}

/**
 * The data that a handler gets. `unknown` for `'other'`, `never` for a command that a server does not send. Commands of an application carry
 * an Any, or nothing.
 */
export type ReceivedData<C extends number | 'other'> = C extends 'other'
  ? unknown
  : C extends keyof ServerMessages
    ? ServerMessages[C]
    : C extends SpecifiedCommand
      ? never
      : Any | undefined;

/** A handler of `Client.on`. What it returns is ignored; a promise may reject. */
export type MessageHandler<C extends number | 'other'> = (data: ReceivedData<C>, message: SendInfo) => unknown;

type AnyHandler = (data: unknown, message: SendInfo) => unknown;

/** The same function may be added several times. */
interface Entry {
  readonly handler: AnyHandler;
}

/** The handlers of a client, by command. */
export class Handlers {
  readonly #handlers = new Map<number | 'other', Set<Entry>>();
  readonly #failed: (error: unknown, command: number) => void;

  /** @param failed called with what a handler threw or rejected with. */
  constructor(failed: (error: unknown, command: number) => void) {
    this.#failed = failed;
  }

  /** Adds a handler, the same one as often as it is added. Returns a function that removes it. */
  add(command: number | 'other', handler: AnyHandler): () => void {
    if (typeof handler !== 'function') throw new TypeError(`on: expected a function, got ${typeof handler}`);
    if (command !== 'other' && !Number.isInteger(command)) throw new TypeError(`on: expected a command, got ${String(command)}`);
    const entry: Entry = { handler };
    const handlers = this.#handlers.get(command) ?? new Set<Entry>();
    this.#handlers.set(command, handlers.add(entry));
    return () => {
      handlers.delete(entry);
      if (handlers.size === 0 && this.#handlers.get(command) === handlers) this.#handlers.delete(command);
    };
  }

  has({ cmd }: SendInfo): boolean {
    return this.#of(cmd) !== undefined;
  }

  /** Calls the handlers of a message in the order in which they were added. */
  call(message: SendInfo): void {
    const { cmd, data } = message;
    const handlers = this.#of(cmd);
    for (const entry of [...(handlers ?? [])]) {
      if (!handlers!.has(entry)) continue;
      run(
        () => entry.handler(data?.value, message),
        (error) => this.#failed(error, cmd),
      );
    }
  }

  #of(cmd: number): Set<Entry> | undefined {
    return this.#handlers.get(cmd) ?? this.#handlers.get('other');
  }
}
