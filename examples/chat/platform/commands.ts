// What the platform does with each command of a client.
import { Command, type UplinkInfo, type UserInfo } from '@im/protocol';
import type { Answer } from './delivery/answers.js';
import { admit, sendToRoom } from './live/rooms.js';
import { passOnTyping } from './live/typing.js';
import { sendResultReply } from './messages/messages.js';
import type { Services } from './services.js';

type UplinkData = NonNullable<UplinkInfo['data']>;
type Case = UplinkData['$case'];
type Value<C extends Case> = Extract<UplinkData, { $case: C }>['value'];

/** Answers a command; undefined: it has no reply. */
type Handler<C extends Case> = (value: Value<C>, sender: UserInfo, uplink: UplinkInfo) => Promise<Answer | undefined>;

/** The handlers by the data of the command. A command without one is answered by UNSUPPORTED_COMMAND. */
export type Commands = { readonly [C in Case]?: Handler<C> };

export function createCommands(services: Services): Commands {
  const { context, messages, readPositions, states, deletions, sync, history, streams, calls, presence } = services;
  return {
    privateMessage: async (value, sender, uplink) =>
      sendResultReply(await messages.accept({ $case: 'privateMessage', value }, sender, uplink)),
    groupMessage: async (value, sender, uplink) =>
      sendResultReply(await messages.accept({ $case: 'groupMessage', value }, sender, uplink)),
    syncRequest: async (request, _sender, uplink) => ({
      cmd: Command.SYNC,
      data: { $case: 'syncPage', value: await sync.page(request, uplink) },
    }),
    historyRequest: async (request, _sender, uplink) => ({
      cmd: Command.HISTORY,
      data: { $case: 'historyPage', value: await history.page(request, uplink) },
    }),
    read: async (position, reader) => ({
      cmd: Command.READ,
      data: { $case: 'read', value: await readPositions.read(position, reader) },
    }),
    conversation: async (state, user) => ({
      cmd: Command.CONVERSATION,
      data: { $case: 'conversation', value: await states.update(state, user) },
    }),
    deleteForMe: async (value, user) => {
      await deletions.delete(value, user);
      return { cmd: Command.DELETE_FOR_ME, data: { $case: 'deleteForMe', value } };
    },
    streamControl: async (request, user) => ({
      cmd: Command.STREAM_CONTROL,
      data: { $case: 'streamControl', value: await streams.control(request, user) },
    }),
    typing: async (typing, sender) => {
      await passOnTyping(context, typing, sender);
      return undefined;
    },
    call: async (signal, sender) => sendResultReply(await calls.take(signal, sender)),
    presenceSubscription: async (subscription, _user, uplink) => ({
      cmd: Command.PRESENCE,
      data: { $case: 'presenceList', value: await presence.subscribe(subscription, uplink) },
    }),
    room: async (room) => ({ cmd: Command.ROOM, data: { $case: 'room', value: admit(context, room) } }),
    roomMessage: async (message, sender) => sendResultReply(await sendToRoom(context, message, sender)),
  };
}

/** Calls the handler of a command. Undefined: there is none. */
export function handlerOf(commands: Commands, { data }: UplinkInfo): Handler<Case> | undefined {
  return data && (commands[data.$case] as Handler<Case> | undefined);
}
