// Who is on stage: which devices are online, and what they have missed. By names alone: nothing here knows how the system works.
import type { Conversation, Device, TerminalName } from './conversation.js';
import { facts } from './facts.js';

export const ALL_TERMINALS: readonly TerminalName[] = ['WEB', 'APP', 'PC'];

/** What a device shows of something; undefined = nothing. */
export type Effect = (device: string) => string | undefined;

export class Cast {
  readonly #conversation: Conversation;
  /** The device that is logged in for each `user@TERMINAL`. */
  readonly online = new Map<string, string>();
  /** Each `user@TERMINAL` that the platform wrongly considers online. */
  readonly stale = new Set<string>();
  /** What the storages of devices that are offline have missed, by device id. */
  readonly missed = new Map<string, Effect[]>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  get everyone(): readonly string[] {
    return Object.keys(this.#conversation.users);
  }

  device(name: string): Device {
    return this.#conversation.devices[name];
  }

  place(name: string): string {
    const { user, terminal } = this.device(name);
    return `${user}@${terminal}`;
  }

  server(name: string): string {
    return `im-${this.device(name).server}`;
  }

  /** Whether it speaks version 1 alone. */
  isOld(name: string): boolean {
    return this.device(name).versions?.every((version) => version < 2) ?? false;
  }

  isGroup(name: string): boolean {
    return this.#conversation.groups[name] !== undefined;
  }

  /** The users of a conversation: a group, or that of two users. */
  users(user: string, to: string): readonly string[] {
    return this.#conversation.groups[to]?.members ?? [...new Set([user, to])];
  }

  /** The devices of users that are online, of version 2 alone where `isNew` is set. */
  devices(users: readonly string[], { except, isNew = false }: { except?: string; isNew?: boolean } = {}): string[] {
    const devices = users.flatMap((user) => ALL_TERMINALS.map((terminal) => this.online.get(`${user}@${terminal}`)));
    return devices.filter((name) => name !== undefined && name !== except && !(isNew && this.isOld(name))) as string[];
  }

  /** Something that the devices of these users get by SYNC where they are offline. */
  miss(users: readonly string[], effect: Effect): void {
    for (const [deviceId, effects] of this.missed) {
      const isHere = [...this.online.values()].some((name) => this.device(name).deviceId === deviceId);
      const owner = Object.values(this.#conversation.devices).find((device) => device.deviceId === deviceId)!.user;
      if (!isHere && users.includes(owner)) effects.push(effect);
    }
  }

  /** A device has connected: what it gets of what it missed. A device of version 2 keeps what it has, under its device id. */
  arrives(name: string): string[] {
    const { deviceId } = this.device(name);
    this.online.set(this.place(name), name);
    this.stale.delete(this.place(name));
    const arrival = [facts.loggedIn(name), facts.arrived(this.place(name), this.server(name))];
    if (this.isOld(name)) return arrival;
    const caughtUp = (this.missed.get(deviceId) ?? []).flatMap((effect) => effect(name) ?? []);
    this.missed.set(deviceId, []);
    return [...arrival, facts.synced(name), ...caughtUp];
  }
}
