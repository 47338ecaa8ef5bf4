// The conversations that the list shows: those that are stored, and those that one could begin.
import { conversationKey, groupRef, peerOf, privateRef } from '@im/protocol/conversation';
import type { SyncConversation } from '@im/protocol/sync';
import { GROUP, PEOPLE, personOf, ROOM } from '../../users.js';
import type { ConversationView, Person } from '../model/chat-model.js';
import { ROOM_KEY } from './rooms.js';

export type Contact = Pick<ConversationView, 'key' | 'kind' | 'title' | 'peer' | 'members'>;

export function contactsOf(me: Person): Contact[] {
  const others = PEOPLE.filter(({ userId }) => userId !== me.userId);
  return [
    ...others.map((peer) => privateContact(conversationKey(privateRef(me.userId, peer.userId)), peer)),
    groupContact(conversationKey(groupRef(GROUP.groupId))),
    { key: ROOM_KEY, kind: 'room', title: ROOM.name, members: [] },
  ];
}

/** A stored conversation that is not among the contacts. */
export function contactOf({ key, ref }: SyncConversation, me: Person): Contact {
  const peerId = peerOf(ref, me.userId);
  return peerId === undefined ? groupContact(key) : privateContact(key, personOf(peerId));
}

function privateContact(key: string, peer: Person): Contact {
  return { key, kind: 'private', title: peer.name, peer, members: [] };
}

function groupContact(key: string): Contact {
  const isKnown = key === conversationKey(groupRef(GROUP.groupId));
  return { key, kind: 'group', title: isKnown ? GROUP.name : key, members: isKnown ? GROUP.memberIds.map(personOf) : [] };
}
