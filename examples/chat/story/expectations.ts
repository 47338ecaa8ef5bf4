// What must happen at each step. It follows from the file alone, by names: nothing here knows how the servers find their clients.
import { Cast } from './cast.js';
import type { Conversation, Crash, Send, Step } from './conversation.js';
import { crashMessages } from './crash.js';
import { LiveExpectations } from './expect-live.js';
import { MessageExpectations } from './expect-messages.js';
import { facts } from './facts.js';

export class Expectations {
  readonly #cast: Cast;
  readonly #messages: MessageExpectations;
  readonly #live: LiveExpectations;

  constructor(conversation: Conversation) {
    this.#cast = new Cast(conversation);
    this.#messages = new MessageExpectations(this.#cast);
    this.#live = new LiveExpectations(this.#cast);
  }

  /** The facts of the next step; steps are given in their order, each once. */
  of(step: Step): string[] {
    switch (step.do) {
      case 'login':
        return this.#login(step.device);
      case 'logout':
        return this.#leaves(step.device);
      case 'send':
        return this.#messages.send(step);
      case 'sendAgain':
        return this.#messages.sendAgain(step.message);
      case 'announce':
        return this.#messages.announce(step.content);
      case 'hole':
        return this.#messages.hole(step);
      case 'read':
        return this.#messages.read(step.device, step.in, step.upTo);
      case 'heartbeats':
        return [...this.#cast.online.values()].map(facts.heartbeat);
      case 'renew':
        return [facts.loggedIn(step.device)];
      case 'impersonate':
        return [
          facts.denied(step.device, 'PERMISSION_DENIED'),
          facts.logged(this.#cast.server(step.device), 'PERMISSION_DENIED'),
        ];
      case 'crash':
        return this.#crash(step);
      case 'staleRoute':
        this.#cast.stale.add(`${step.user}@${step.terminal}`);
        return [];
      case 'ask':
        return [...this.#messages.send(questionOf(step)), ...this.#live.answer(step)];
      case 'call':
        return this.#live.call(step);
      case 'type':
        return this.#live.type(step.device, step.in);
      case 'subscribe':
        return this.#live.subscribe(step.device, step.user);
      case 'joinRoom':
      case 'leaveRoom':
        return this.#live.enter(step.device, step.room, step.do === 'joinRoom');
      case 'sendToRoom':
        return this.#live.sendToRoom(step.from, step.room, step.content.clientMessageId);
    }
  }

  /** What must be true at the end. */
  atTheEnd(): string[] {
    const departures = [...this.#cast.online.values()].flatMap((device) => this.#leaves(device));
    return [...departures, ...this.#messages.names.map(facts.hasOneId)];
  }

  /** All messages arrive as without a crash, and the users of the server log in again. */
  #crash(step: Crash): string[] {
    const back = [...this.#cast.online.values()].filter((name) => this.#cast.device(name).server === step.server);
    return [
      ...back.flatMap((name) => this.#cast.arrives(name)),
      ...crashMessages(step).flatMap((send) => this.#messages.send(send)),
    ];
  }

  #login(name: string): string[] {
    const place = this.#cast.place(name);
    const previous = this.#cast.online.get(place);
    const replaced = previous === undefined ? [] : this.#replace(previous, name, place);
    return [...this.#cast.arrives(name), ...replaced, ...this.#live.presenceOf(this.#cast.device(name).user)];
  }

  #replace(previous: string, next: string, place: string): string[] {
    const comesBack = this.#cast.device(previous).deviceId === this.#cast.device(next).deviceId;
    const reason = comesBack ? 'REPLACED' : 'FORCED_LOGOUT';
    const server = this.#cast.server(previous);
    const all = [facts.ended(previous, reason), facts.logged(server, reason), facts.left(place, server)];
    if (!comesBack) all.push(facts.forcedOut(previous));
    return all;
  }

  #leaves(name: string): string[] {
    const place = this.#cast.place(name);
    this.#cast.online.delete(place);
    return [
      facts.ended(name, 'by itself'),
      facts.left(place, this.#cast.server(name)),
      ...this.#live.presenceOf(this.#cast.device(name).user),
    ];
  }
}

/** The message of a question. */
export function questionOf({ from, to, content }: { from: string; to: string; content: Send['content'] }): Send {
  return { do: 'send', from, to, content, skipResult: true, mentions: ['ada'] };
}
