// What must be seen of things that last for the moment: typing, presence, streams, calls, rooms.
import { ALL_TERMINALS, type Cast } from './cast.js';
import type { Ask, CallStep } from './conversation.js';
import { facts } from './facts.js';

export class LiveExpectations {
  readonly #cast: Cast;
  /** The devices that want to know, by user. */
  readonly #subscribers = new Map<string, string[]>();
  readonly #rooms = new Map<string, Set<string>>();

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  type(device: string, to: string): string[] {
    const { user } = this.#cast.device(device);
    const others = this.#cast.users(user, to).filter((other) => other !== user);
    return this.#cast.devices(others, { isNew: true }).map((name) => facts.typing(name, user));
  }

  subscribe(device: string, user: string): string[] {
    this.#subscribers.set(user, [...(this.#subscribers.get(user) ?? []), device]);
    return [facts.presence(device, user, this.#presence(user))];
  }

  /** A device of the user has come or gone. */
  presenceOf(user: string): string[] {
    const subscribers = (this.#subscribers.get(user) ?? []).filter((name) => this.#isOnline(name));
    return subscribers.map((name) => facts.presence(name, user, this.#presence(user)));
  }

  /** Devices of version 2 see it being written; those of version 1 get it when it is complete. */
  answer({ from, to, stopAfter }: Ask): string[] {
    const devices = this.#cast.devices(this.#cast.users(this.#cast.device(from).user, to));
    const state = stopAfter === undefined ? 'DONE' : 'CANCELLED';
    return devices.flatMap((name) =>
      this.#cast.isOld(name) ? [facts.streamEnds(name, 'as a text')] : [facts.streamStarts(name), facts.streamEnds(name, state)],
    );
  }

  /** All terminals of the callee ring. The first one that accepts is in the call, the others stop ringing. In the end it is in the log. */
  call({ callId, from, to, accepts, late }: CallStep): string[] {
    const { user } = this.#cast.device(from);
    const callee = this.#cast.devices([to], { isNew: true });
    const record = (device: string): string =>
      facts.delivered(device, `${user}@SERVER`, to, { call: { callId, answered: true } });
    this.#cast.miss([user, to], record);
    return [
      ...callee.map((name) => facts.call(name, `invite of ${this.#cast.place(from)}`)),
      ...this.#cast.devices([user], { isNew: true }).map((name) => facts.call(name, `accept of ${this.#cast.place(accepts)}`)),
      ...callee.filter((name) => name !== accepts).map((name) => facts.call(name, 'end ELSEWHERE')),
      facts.denied(late, 'TOO_LATE'),
      facts.logged(this.#cast.server(late), 'TOO_LATE'),
      ...callee.map((name) => facts.call(name, `end HANGUP of ${this.#cast.place(from)}`)),
      ...this.#cast.devices([user, to]).map(record),
    ];
  }

  enter(device: string, room: string, isIn: boolean): string[] {
    const devices = this.#rooms.get(room) ?? new Set();
    this.#rooms.set(room, devices);
    if (isIn) devices.add(device);
    else devices.delete(device);
    return [facts.inRoom(device, room, isIn)];
  }

  sendToRoom(from: string, room: string, message: string): string[] {
    const others = [...(this.#rooms.get(room) ?? [])].filter((name) => name !== from);
    return [facts.accepted(from, message), ...others.map((name) => facts.room(name, this.#cast.place(from), message))];
  }

  /** "A subscription ends with the connection." */
  #isOnline(name: string): boolean {
    return this.#cast.online.get(this.#cast.place(name)) === name;
  }

  #presence(user: string): string {
    const terminals = ALL_TERMINALS.filter((terminal) => this.#cast.online.has(`${user}@${terminal}`));
    return terminals.length === 0 ? 'OFFLINE' : `ONLINE ${terminals.join(' ')}`;
  }
}
