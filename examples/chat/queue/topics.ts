// One topic for each server and kind of message, and one for each kind of result.
import { Command } from '@im/protocol';

const KINDS: Readonly<Record<number, string>> = {
  [Command.PRIVATE_MESSAGE]: 'private',
  [Command.GROUP_MESSAGE]: 'group',
};

const ALL_KINDS = ['private', 'group', 'system'];

/** The topics that a server consumes. */
export function messageTopics(serverId: number): string[] {
  return ALL_KINDS.map((kind) => `im_message_${kind}_${serverId}`);
}

/** The topics that the platform consumes. */
export function resultTopics(): string[] {
  return ALL_KINDS.map((kind) => `im_result_${kind}`);
}

/** "FORCE_LOGOUT and 1000+ go on the system topics." */
export function messageTopic(command: Command, serverId: number): string {
  return `im_message_${KINDS[command] ?? 'system'}_${serverId}`;
}

export function resultTopic(command: Command): string {
  return `im_result_${KINDS[command] ?? 'system'}`;
}
