// What devices do beside sending messages.
import { CallEndReason, Command, type SendInfoInit, TypingAction } from '@im/protocol';
import { fromJSON } from '@im/protocol/json';
import { topics } from '@im/protocol/rocketmq';
import type { Ask, CallStep, Hole, Step } from './conversation.js';
import type { Devices, Stage } from './devices.js';
import { questionOf } from './expectations.js';
import { facts } from './facts.js';

type Of<Do extends Step['do']> = Extract<Step, { readonly do: Do }>;

/** The queue loses the push of the first message on its way to the receiver's server. */
export async function loseOne({ from, to, lost, next }: Hole, devices: Devices, stage: Stage): Promise<void> {
  const { conversation, system, ledger } = stage;
  const receiver = devices.names.find((name) => conversation.devices[name].user === to)!;
  system.broker.loseNext(topics.message('private', conversation.devices[receiver].server));
  devices.expectingHole = receiver;
  for (const content of [lost, next]) await devices.send({ do: 'send', from, to, skipResult: true, content });
  await ledger.seen(facts.filled(receiver));
  devices.expectingHole = undefined;
}

export async function read({ device, in: to, upTo }: Of<'read'>, devices: Devices, stage: Stage): Promise<void> {
  const { directory, conversation, ids } = stage;
  const { client, user: reader } = devices.on(device);
  const upToMessageId = ids.idOf(upTo);
  if (client.agreement?.version === 1) {
    const content = { body: { $case: 'read', value: { upToMessageId } } } as const;
    await client.request(Command.PRIVATE_MESSAGE, { receiverId: directory.userId(to), content });
    return;
  }
  const ref = directory.conversation(conversation.devices[device].user, to);
  await client.request(Command.READ, { conversation: ref, reader, upToMessageId });
}

export async function type({ device, in: to }: Of<'type'>, devices: Devices, stage: Stage): Promise<void> {
  const { directory, conversation } = stage;
  const { client, user: sender } = devices.on(device);
  const ref = directory.conversation(conversation.devices[device].user, to);
  client.send({
    cmd: Command.TYPING,
    data: { $case: 'typing', value: { conversation: ref, sender, action: TypingAction.TEXT } },
  });
}

export async function subscribe({ device, user }: Of<'subscribe'>, devices: Devices, { directory }: Stage): Promise<void> {
  const { client, sightings } = devices.on(device);
  const { items } = await client.request(Command.PRESENCE, { userIds: [directory.userId(user)] });
  sightings.presence(items);
}

/** Asks, and stops the answer after some chunks: the message then has the text so far. */
export async function ask(step: Ask, devices: Devices, { conversation, directory }: Stage): Promise<void> {
  const { client, sightings } = devices.on(step.from);
  const { stopAfter = Number.POSITIVE_INFINITY } = step;
  sightings.onChunk = ({ messageId, index }) => {
    if (index !== stopAfter) return;
    const ref = directory.conversation(conversation.devices[step.from].user, step.to);
    void devices.attempt(step.from, client.request(Command.STREAM_CONTROL, { conversation: ref, messageId }));
  };
  await devices.send(questionOf(step));
}

export async function call(step: CallStep, devices: Devices, { conversation, directory, ledger }: Stage): Promise<void> {
  const ref = directory.conversation(conversation.devices[step.from].user, step.to);
  const steps = new Map<string, number>();
  const signal = async (name: string, action: CallAction): Promise<void> => {
    const { client, user: sender } = devices.on(name);
    const count = (steps.get(name) ?? 0) + 1;
    steps.set(name, count);
    const value = { callId: step.callId, conversation: ref, sender, step: count, action };
    await devices.attempt(name, client.request(Command.CALL, value));
  };
  await signal(step.from, { $case: 'invite', value: { offer: { sdp: 'v=0' } } });
  await ledger.seen(facts.call(step.accepts, `invite of ${directory.place(devices.on(step.from).user)}`));
  await signal(step.accepts, { $case: 'accept', value: { answer: { sdp: 'v=0' } } });
  await signal(step.late, { $case: 'accept', value: { answer: { sdp: 'v=0' } } });
  await signal(step.from, { $case: 'end', value: { reason: CallEndReason.HANGUP } });
}

export async function enterRoom(
  step: Of<'joinRoom' | 'leaveRoom'>,
  devices: Devices,
  { directory, ledger }: Stage,
): Promise<void> {
  const { client } = devices.on(step.device);
  const { join } = await client.request(Command.ROOM, { roomId: directory.roomId(step.room), join: step.do === 'joinRoom' });
  ledger.saw(facts.inRoom(step.device, step.room, join));
}

export async function sendToRoom({ from, room, content }: Of<'sendToRoom'>, devices: Devices, stage: Stage): Promise<void> {
  const { client, user: sender } = devices.on(from);
  const message = { sender, roomId: stage.directory.roomId(room), content: fromJSON('Content', content) };
  await client.request(Command.ROOM_MESSAGE, message);
  stage.ledger.saw(facts.accepted(from, content.clientMessageId));
}

type CallData = Extract<NonNullable<SendInfoInit['data']>, { $case: 'call' }>['value'];
type CallAction = NonNullable<CallData['action']>;
