// A workload of numbered messages in many conversations, so that their order can be checked.
import { Command, type ReceiveInfo, type ReceiveInfoInit, Terminal } from '../../../src/index.js';

const SENDER = { userId: 1n, terminal: Terminal.WEB };

/** The message of a group with this number, for one member. Numbers begin at 0. */
export function numberedMessage(groupId: number, number: number): ReceiveInfoInit {
  const content = {
    messageId: BigInt(groupId) * 1_000_000n + BigInt(number) + 1n,
    clientMessageId: `c-${groupId}-${number}`,
    body: { $case: 'text', value: { text: String(number) } },
  } as const;
  return {
    cmd: Command.GROUP_MESSAGE,
    sender: SENDER,
    receivers: [{ terminal: Terminal.WEB, userIds: [2n] }],
    data: { $case: 'groupMessage', value: { sender: SENDER, groupId: BigInt(groupId), content } },
  };
}

/** The group and number of a message. */
export function numberOf({ data }: ReceiveInfo): { groupId: number; number: number } {
  if (data?.$case !== 'groupMessage' || data.value.content?.body?.$case !== 'text') throw new Error('unexpected message');
  return { groupId: Number(data.value.groupId), number: Number(data.value.content.body.value.text) };
}
