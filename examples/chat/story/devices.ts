// The clients of the people in the file. What happens on them is entered in the ledger.
import { isProtocolError, type LoginInfoInit, Terminal, type UserInfo } from '@im/protocol';
import { serverName, type Trace } from '../show/trace.js';
import type { Conversation, Send, Device as Written } from './conversation.js';
import { Device } from './device.js';
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
  readonly ledger: Ledger;
  readonly ids: MessageIds;
  readonly trace: Trace;
}

export class Devices {
  readonly #stage: Stage;
  readonly #devices = new Map<string, Device>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Connects a device and logs it in. */
  async login(name: string): Promise<void> {
    const { system, directory, ids, ledger, trace } = this.#stage;
    const written = this.#written(name);
    const device = await Device.connect({
      name,
      user: this.#user(written),
      url: `${written.transport}://127.0.0.1:${system.servers.get(written.server)!.port}`,
      server: serverName(written.server),
      credentials: () => this.#credentials(written),
      platform: system.platform,
      trace,
      onLogin: () => ledger.saw(facts.loggedIn(name)),
      onMessage: (message) => ledger.saw(pushFact(name, message, directory, ids)),
      onEnd: (reason) => {
        this.#devices.delete(name);
        ledger.saw(facts.ended(name, reason ?? 'by itself'));
      },
    });
    this.#devices.set(name, device);
  }

  /** Sends LOGIN again, with a new token. */
  async renew(name: string): Promise<void> {
    await this.#device(name).client.login(await this.#credentials(this.#written(name)));
    this.#stage.ledger.saw(facts.loggedIn(name));
  }

  async send(send: Send): Promise<void> {
    await this.#request(send.from, send, this.#user(this.#written(send.from)));
  }

  /** Writes with another device's user as the sender. */
  async impersonate(name: string, as: string, send: Send): Promise<void> {
    await this.#request(name, send, this.#user(this.#written(as)));
  }

  /** Every device sends a heartbeat. When they are answered, all that was sent before has arrived. */
  async heartbeats(): Promise<string[]> {
    await Promise.all([...this.#devices.values()].map((device) => device.heartbeat()));
    return [...this.#devices.keys()];
  }

  async logout(name: string): Promise<void> {
    await this.#device(name).client.close();
  }

  /** Ends every connection that is left. */
  async close(): Promise<void> {
    await Promise.all([...this.#devices.values()].map(({ client }) => client.close()));
  }

  async #request(name: string, send: Send, sender: UserInfo): Promise<void> {
    const { ledger, ids } = this.#stage;
    const { clientMessageId } = send.content;
    try {
      const { messageId } = await sendRequest(this.#device(name).client, send, sender, this.#stage);
      ids.note(clientMessageId, messageId);
      ledger.saw(facts.accepted(name, clientMessageId));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      ledger.saw(facts.denied(name, String(error.code)));
    }
  }

  async #credentials(written: Written): Promise<LoginInfoInit> {
    const user = this.#user(written);
    return { accessToken: await this.#stage.system.tokens.issue(user), deviceId: written.deviceId, terminal: user.terminal };
  }

  #user({ user, terminal }: Written): UserInfo {
    return { userId: this.#stage.directory.userId(user), terminal: Terminal[terminal] };
  }

  #written(name: string): Written {
    return this.#stage.conversation.devices[name];
  }

  #device(name: string): Device {
    const device = this.#devices.get(name);
    if (device === undefined) throw new Error(`${name} is not connected`);
    return device;
  }
}
