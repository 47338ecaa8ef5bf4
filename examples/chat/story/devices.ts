// The clients of the people in the file. What happens on them is entered in the ledger.
import { isProtocolError, type LoginInfoInit, Terminal, type UserInfo } from '@im/protocol';
import { Client } from '../client/client.js';
import { dial } from '../net/dial.js';
import type { Queue } from '../queue/queue.js';
import { serverName, type Trace } from '../show/trace.js';
import type { Conversation, Device, Send } from './conversation.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { Ledger } from './ledger.js';
import type { MessageIds } from './message-ids.js';
import { pushFact } from './push-fact.js';
import { sendRequest } from './send-request.js';
import type { ChatSystem } from './system.js';

export interface Stage {
  readonly conversation: Conversation;
  readonly directory: Directory;
  readonly system: ChatSystem;
  readonly queue: Queue;
  readonly ledger: Ledger;
  readonly ids: MessageIds;
  readonly trace: Trace;
}

export class Devices {
  readonly #stage: Stage;
  readonly #clients = new Map<string, Client>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Connects a device and logs it in. */
  async login(name: string): Promise<void> {
    const { system, directory, ids, ledger, trace } = this.#stage;
    const device = this.#device(name);
    const server = serverName(device.server);
    const client = await Client.connect(dial(device.transport, system.servers.get(device.server)!.ports), {
      name,
      onFrame: (direction, frame, bytes) => {
        if (direction === 'sent') trace.frame(name, server, frame, bytes);
        else trace.frame(server, name, frame, bytes);
      },
      onPush: (send) => ledger.saw(pushFact(name, send, directory, ids)),
    });
    this.#clients.set(name, client);
    client.ended.then((reason) => {
      this.#clients.delete(name);
      if (reason === undefined) trace.event(name, server, 'closed', '');
      else trace.event(server, name, 'closed', reason.message);
      ledger.saw(facts.ended(name, reason?.code ?? 'by itself'));
    });
    await client.open(await this.#credentials(device));
    ledger.saw(facts.loggedIn(name));
  }

  /** Sends LOGIN again, with a new token. */
  async renew(name: string): Promise<void> {
    await this.#client(name).login(await this.#credentials(this.#device(name)));
    this.#stage.ledger.saw(facts.loggedIn(name));
  }

  async send(send: Send): Promise<void> {
    await this.#request(send.from, send, this.#user(this.#device(send.from)));
  }

  /** Writes with another device's user as the sender. */
  async impersonate(name: string, as: string, send: Send): Promise<void> {
    await this.#request(name, send, this.#user(this.#device(as)));
  }

  /** Every device sends a heartbeat. When they are answered, all that was sent before has arrived. */
  async heartbeats(): Promise<string[]> {
    await Promise.all([...this.#clients.values()].map((client) => client.heartbeat()));
    return [...this.#clients.keys()];
  }

  logout(name: string): void {
    this.#client(name).close();
  }

  /** Ends every connection that is left. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    for (const client of clients) client.close();
    await Promise.all(clients.map((client) => client.ended));
  }

  async #request(name: string, send: Send, sender: UserInfo): Promise<void> {
    const { ledger, ids } = this.#stage;
    const { clientMessageId } = send.content;
    try {
      const { data } = await this.#client(name).request(sendRequest(send, sender, this.#stage));
      if (data?.$case !== 'sendResult') throw new Error(`${name}: the reply to a message is a SEND_RESULT`);
      ids.note(clientMessageId, data.value.messageId);
      ledger.saw(facts.accepted(name, clientMessageId));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      ledger.saw(facts.denied(name, error.code));
    }
  }

  async #credentials(device: Device): Promise<LoginInfoInit> {
    const user = this.#user(device);
    return { accessToken: await this.#stage.system.tokens.issue(user), deviceId: device.deviceId, terminal: user.terminal };
  }

  #user({ user, terminal }: Device): UserInfo {
    return { userId: this.#stage.directory.userId(user), terminal: Terminal[terminal] };
  }

  #device(name: string): Device {
    return this.#stage.conversation.devices[name];
  }

  #client(name: string): Client {
    const client = this.#clients.get(name);
    if (client === undefined) throw new Error(`${name} is not connected`);
    return client;
  }
}
