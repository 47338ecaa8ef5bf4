// The steps of the scenario: their titles and actions.
import { Terminal } from '@im/protocol';
import { fromJSON } from '@im/protocol/json';
import { ask, call, enterRoom, loseOne, read, sendToRoom, subscribe, type } from './actions.js';
import type { Conversation, Send, Step } from './conversation.js';
import { crash } from './crash.js';
import type { Devices, Stage } from './devices.js';
import { facts } from './facts.js';

export function titleOf(step: Step): string {
  switch (step.do) {
    case 'login':
      return `${step.device} connects and logs in`;
    case 'logout':
      return `${step.device} leaves`;
    case 'send':
      return `${step.from} writes ${step.content.clientMessageId} to ${step.to}`;
    case 'sendAgain':
      return `${step.message} is sent again, as after a lost reply`;
    case 'announce':
      return 'The platform sends a message to everyone';
    case 'heartbeats':
      return 'Heartbeats';
    case 'renew':
      return `${step.device} renews its token`;
    case 'impersonate':
      return `${step.device} writes in the name of ${step.as}`;
    case 'crash':
      return `Server ${step.server} dies while ${step.writers.map(({ from }) => from).join(' and ')} write, and comes back`;
    case 'hole':
      return `A message of ${step.from} to ${step.to} is lost on its way, and the next one shows the gap`;
    case 'read':
      return `${step.device} has read ${step.upTo} in ${step.in}`;
    case 'type':
      return `${step.device} is typing in ${step.in}`;
    case 'subscribe':
      return `${step.device} wants to know whether ${step.user} is online`;
    case 'ask':
      return `The assistant answers ${step.from} piece by piece${step.stopAfter === undefined ? '' : ', and is stopped'}`;
    case 'call':
      return `${step.from} calls ${step.to}: ${step.accepts} is faster than ${step.late}`;
    case 'joinRoom':
      return `${step.device} joins the room ${step.room}`;
    case 'leaveRoom':
      return `${step.device} leaves the room ${step.room}`;
    case 'sendToRoom':
      return `${step.from} writes ${step.content.clientMessageId} to the room ${step.room}`;
    case 'staleRoute':
      return `A stale route after a crash: the platform considers ${step.user}@${step.terminal} online`;
  }
}

export async function perform(step: Step, devices: Devices, stage: Stage): Promise<void> {
  const { conversation, directory, system, ledger } = stage;
  switch (step.do) {
    case 'login':
      return devices.login(step.device);
    case 'logout':
      return devices.logout(step.device);
    case 'send':
      return devices.send(step);
    case 'sendAgain':
      return devices.send(findSend(conversation, step.message));
    case 'announce':
      return system.platform.announce(fromJSON('Content', step.content));
    case 'heartbeats':
      for (const device of await devices.heartbeats()) ledger.saw(facts.heartbeat(device));
      return;
    case 'renew':
      return devices.renew(step.device);
    case 'impersonate': {
      const content = { clientMessageId: 'impersonation', text: { text: 'I owe you 100' } };
      return devices.impersonate(step.device, step.as, { do: 'send', from: step.device, to: step.to, content });
    }
    case 'crash':
      return crash(step, devices, stage);
    case 'hole':
      return loseOne(step, devices, stage);
    case 'read':
      return read(step, devices, stage);
    case 'type':
      return type(step, devices, stage);
    case 'subscribe':
      return subscribe(step, devices, stage);
    case 'ask':
      return ask(step, devices, stage);
    case 'call':
      return call(step, devices, stage);
    case 'joinRoom':
    case 'leaveRoom':
      return enterRoom(step, devices, stage);
    case 'sendToRoom':
      return sendToRoom(step, devices, stage);
    case 'staleRoute': {
      const user = { userId: directory.userId(step.user), terminal: Terminal[step.terminal] };
      await system.platform.routes.set(user.userId, user.terminal, step.server);
    }
  }
}

function findSend({ timeline }: Conversation, clientMessageId: string): Send {
  const found = timeline.find((step) => step.do === 'send' && step.content.clientMessageId === clientMessageId);
  if (found?.do !== 'send') throw new Error(`the file has no message ${clientMessageId}`);
  return found;
}
