// What a server accepts of one connection, whatever its application does: the conversations that the
// connection may name, and how often. Memory is bounded.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { conversationRefOf, refText } from '../codec/conversation-ref.js';
import { TypingThrottle } from '../codec/typing-throttle.js';
import { ProtocolError } from '../errors.js';
import { MAX_OPEN_HISTORIES, MAX_OPEN_SYNCS } from '../limits.js';
import { PresenceSubscriptions } from './presence-subscriptions.js';
import type { PeerRequests } from './requests.js';
import { RoomMemberships } from './room-memberships.js';

/** Commands that are always requests, as LOGIN is: they do nothing until the application accepts them by a reply. */
const REQUESTS: readonly number[] = [Command.SYNC, Command.HISTORY, Command.PRESENCE, Command.ROOM];

/** The error with which a message is refused. `dropped`: it is dropped without an error. Undefined: it is accepted. */
export type Verdict = ProtocolError | 'dropped' | undefined;

export class ConnectionLimits {
  readonly rooms = new RoomMemberships();
  readonly presence = new PresenceSubscriptions();
  readonly #peerRequests: PeerRequests;
  readonly #typing = new TypingThrottle();

  constructor(peerRequests: PeerRequests) {
    this.#peerRequests = peerRequests;
  }

  /** Judges a message of a client, and counts it if it is accepted. */
  judge(message: SendInfo, userId: bigint, nowMs: number): Verdict {
    const { cmd, sequence } = message;
    if (sequence === 0 && REQUESTS.includes(cmd))
      return new ProtocolError('INVALID_MESSAGE', `${commandName(cmd)} without a sequence`, { path: 'sequence' });
    return this.#judgeConversation(message, userId) ?? this.#judgeRate(message, nowMs);
  }

  /** A request was answered. */
  answered(sequence: number, isAccepted: boolean, nowMs: number): void {
    this.rooms.answered(sequence, isAccepted);
    this.presence.answered(sequence, isAccepted, nowMs);
  }

  /** "NOT_A_MEMBER, the same whether the conversation exists or not" */
  #judgeConversation({ cmd, data }: SendInfo, userId: bigint): ProtocolError | undefined {
    if (data?.$case === 'syncRequest') {
      const hasRoom = data.value.known.some(({ conversation }) => conversation?.kind?.$case === 'roomId');
      return hasRoom ? roomStoresNothing(cmd, 'data.known') : undefined;
    }
    const ref = conversationRefOf(data);
    if (ref === undefined || cmd === Command.ROOM) return undefined;
    const { kind } = ref as ConversationRef;
    switch (kind?.$case) {
      case 'groupId':
        return undefined;
      case 'private':
        return userId === kind.value.lowerId || userId === kind.value.higherId ? undefined : notAMember();
      case 'roomId':
        if (cmd === Command.HISTORY || cmd === Command.READ) return roomStoresNothing(cmd, 'data.conversation');
        // "Membership of a room is of the connection"
        return this.rooms.joined.has(kind.value) ? undefined : notAMember();
      default:
        return notAMember();
    }
  }

  #judgeRate({ cmd, sequence, data }: SendInfo, nowMs: number): Verdict {
    switch (data?.$case) {
      case 'syncRequest':
        return this.#judgeOpen(cmd, MAX_OPEN_SYNCS);
      case 'historyRequest':
        return this.#judgeOpen(cmd, MAX_OPEN_HISTORIES);
      case 'room':
        return this.rooms.request(sequence, data.value);
      case 'presenceSubscription':
        return this.presence.request(sequence, data.value, nowMs);
      case 'typing':
        return this.#typing.shouldSend(refText(data.value.conversation!) ?? '', nowMs) ? undefined : 'dropped';
      default:
        return undefined;
    }
  }

  #judgeOpen(cmd: number, limit: number): ProtocolError | undefined {
    const open = this.#peerRequests.countOf(cmd);
    if (open < limit) return undefined;
    const text = `${open} open requests of ${commandName(cmd)}, limit ${limit}`;
    return new ProtocolError('RATE_LIMITED', text, { limit, actual: open + 1 });
  }
}

/** The error for a conversation that the user is not in. */
export function notAMember(): ProtocolError {
  return new ProtocolError('NOT_A_MEMBER', 'the user is not in the conversation');
}

function roomStoresNothing(cmd: number, path: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${commandName(cmd)} of a room, which stores nothing`, { path });
}
