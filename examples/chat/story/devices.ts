// The clients of the people in the file. What happens on them is entered in the ledger.
import { isProtocolError, type LoginInfoInit, Terminal, type UserInfo } from '@im/protocol';
import type { Client } from '@im/protocol/node';
import { MemoryStorage, type SyncStorage } from '@im/protocol/sync';
import { serverName, type Trace } from '../show/trace.js';
import type { Conversation, Send, Device as Written } from './conversation.js';
import { Device } from './device.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { Ledger } from './ledger.js';
import type { MessageIds } from './message-ids.js';
import { sendRequest } from './send-request.js';
import { Sightings } from './sightings.js';
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
  readonly #sightings = new Map<string, Sightings>();
  /** What each device has stored, by its id: it is there when the device comes back. */
  readonly #storages = new Map<string, SyncStorage>();

  /** The device that is going to miss a message. Others ask for messages too, which were not for them. */
  expectingHole: string | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Connects a device and logs it in. */
  async login(name: string): Promise<void> {
    const { system, directory, ids, ledger, trace } = this.#stage;
    const written = this.#written(name);
    const user = this.#user(written);
    const saw = (fact: string): void => ledger.saw(fact);
    const sightings = new Sightings({ device: name, user, directory, ids, saw });
    const storage = this.#storages.get(written.deviceId) ?? new MemoryStorage();
    this.#storages.set(written.deviceId, storage);
    const device = await Device.connect({
      name,
      url: `${written.transport}://127.0.0.1:${system.servers.get(written.server)!.port}`,
      server: serverName(written.server),
      versions: written.versions,
      credentials: () => this.#credentials(written),
      storage,
      trace,
      onLogin: () => ledger.saw(facts.loggedIn(name)),
      onSynced: () => sightings.synced(),
      onChanges: (changes) => sightings.changes(changes),
      onHistory: () => {
        if (name === this.expectingHole) ledger.saw(facts.filled(name));
      },
      onMessage: (message) => sightings.message(message),
      onEnd: (reason) => {
        this.#devices.delete(name);
        ledger.saw(facts.ended(name, reason ?? 'by itself'));
      },
    });
    this.#devices.set(name, device);
    this.#sightings.set(name, sightings);
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

  /** The devices that are online. */
  get names(): string[] {
    return [...this.#devices.keys()];
  }

  /** Every device sends a heartbeat. When they are answered, all that was sent before has arrived. */
  async heartbeats(): Promise<string[]> {
    await Promise.all([...this.#devices.values()].map((device) => device.heartbeat()));
    return this.names;
  }

  async logout(name: string): Promise<void> {
    await this.#device(name).client.close();
  }

  /** Ends every connection that is left. */
  async close(): Promise<void> {
    await Promise.all([...this.#devices.values()].map(({ client }) => client.close()));
  }

  /** The client of a device, for other requests, and what it shows. */
  on(name: string): { readonly client: Client; readonly user: UserInfo; readonly sightings: Sightings } {
    const { client } = this.#device(name);
    return { client, user: this.#user(this.#written(name)), sightings: this.#sightings.get(name)! };
  }

  /** Waits for a request. One that is refused is a fact too. */
  async attempt<Reply>(name: string, request: Promise<Reply>): Promise<Reply | undefined> {
    try {
      return await request;
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.#stage.ledger.saw(facts.denied(name, String(error.code)));
      return undefined;
    }
  }

  async #request(name: string, send: Send, sender: UserInfo): Promise<void> {
    const { ledger, ids } = this.#stage;
    const { clientMessageId } = send.content;
    const result = await this.attempt(name, sendRequest(this.#device(name).client, send, sender, this.#stage));
    if (result === undefined) return;
    ids.note(clientMessageId, result.messageId);
    ledger.saw(facts.accepted(name, clientMessageId));
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
