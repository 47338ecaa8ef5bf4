// What clients of version 2 send each other, and what those of version 1 get of it.
import { privateRef } from '../../../src/conversation/index.js';
import { Command } from '../../../src/index.js';
import { TYPING_INTERVAL_MS } from '../../../src/limits.js';
import type { Person, Received } from './person.js';

/** What was sent, and the form in which each client has to get it, once: those that are not listed get nothing. */
export interface Expected {
  readonly what: string;
  readonly forms: ReadonlyMap<Person, string>;
  /** The form of a received message; undefined if it is something else. */
  formOf(received: Received): string | undefined;
}

/** When a client last sent TYPING: a server passes on one in `TYPING_INTERVAL_MS`. */
const typedAtMs = new WeakMap<Person, number>();

/**
 * A client of version 2 sends a READ of a private conversation, a TYPING in a group, and a reaction without a fallback to the group.
 * @param number is in all of them.
 */
export async function talkVersion2(
  sender: Person,
  people: readonly Person[],
  groupId: bigint,
  number: number,
): Promise<Expected[]> {
  const id = BigInt(number);
  const others = people.filter((person) => person !== sender);
  const peerId = (sender.userId % 4n) + 1n;
  const conversation = privateRef(sender.userId, peerId);
  const read = { conversation, reader: sender.sender, upToSeq: id, upToMessageId: id };
  sender.push({ cmd: Command.READ, data: { $case: 'read', value: read } });
  const group = { kind: { $case: 'groupId', value: groupId } } as const;
  const typing = { conversation: group, sender: sender.sender, action: 1, expiresInMs: 1000 + number };
  const isTyping = performance.now() - (typedAtMs.get(sender) ?? -Infinity) > TYPING_INTERVAL_MS + 100;
  if (isTyping) {
    typedAtMs.set(sender, performance.now());
    sender.push({ cmd: Command.TYPING, data: { $case: 'typing', value: typing } });
  }
  const body = { $case: 'reaction', value: { messageId: id, key: '+1' } } as const;
  const { messageId } = await sender.sendGroup(groupId, { clientMessageId: `reaction-${number}`, body });
  const ofVersion2 = others.filter(({ version }) => version === 2);
  return [
    {
      what: `READ ${number}`,
      forms: new Map(
        others
          .filter(({ userId }) => userId === sender.userId || userId === peerId)
          .map((person) => [person, person.version === 2 ? 'READ' : 'receipt']),
      ),
      formOf: ({ message: { data }, body: kind }) => {
        if (data?.$case === 'read') return data.value.upToMessageId === id ? 'READ' : undefined;
        if (kind !== 'read' || data?.$case !== 'privateMessage') return undefined;
        const receipt = data.value.content?.body;
        return receipt?.$case === 'read' && receipt.value.upToMessageId === id ? 'receipt' : undefined;
      },
    },
    {
      what: `TYPING ${number}`,
      forms: new Map(isTyping ? ofVersion2.map((person) => [person, 'TYPING']) : []),
      formOf: ({ message: { data } }) =>
        data?.$case === 'typing' && data.value.expiresInMs === 1000 + number ? 'TYPING' : undefined,
    },
    {
      what: `reaction ${number}`,
      forms: new Map(ofVersion2.map((person) => [person, 'reaction'])),
      formOf: (received) => (received.messageId === messageId ? received.body : undefined),
    },
  ];
}
