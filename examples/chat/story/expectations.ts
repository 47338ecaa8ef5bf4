// What must happen at each step. It follows from the file alone, by names: nothing here knows how the servers find their clients.
import type { Conversation, Crash, Send, Step, TerminalName } from './conversation.js';
import { crashMessages } from './crash.js';
import { facts } from './facts.js';

const ALL_TERMINALS: readonly TerminalName[] = ['WEB', 'APP', 'PC'];

export class Expectations {
  readonly #conversation: Conversation;
  /** The device that is logged in for each `user@TERMINAL`. */
  readonly #online = new Map<string, string>();
  /** Each `user@TERMINAL` that the platform wrongly considers online. */
  readonly #stale = new Set<string>();
  readonly #sent = new Map<string, Send>();
  readonly #messages: string[] = [];

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** The facts of the next step; steps are given in their order, each once. */
  of(step: Step): string[] {
    switch (step.do) {
      case 'login':
        return this.#login(step.device);
      case 'logout':
        this.#online.delete(this.#placeOf(step.device));
        return this.#leaves(step.device);
      case 'send':
        this.#messages.push(step.content.clientMessageId);
        this.#sent.set(step.content.clientMessageId, step);
        return this.#send(step);
      case 'sendAgain':
        // It is delivered once: the reply is all that happens.
        return [facts.accepted(this.#sent.get(step.message)!.from, step.message)];
      case 'announce':
        this.#messages.push(step.content.clientMessageId);
        return [...this.#online.values()].map((device) => facts.delivered(device, 'the platform', 'everyone', step.content));
      case 'heartbeats':
        return [...this.#online.values()].map(facts.heartbeat);
      case 'renew':
        return [facts.loggedIn(step.device)];
      case 'impersonate': {
        const { server } = this.#conversation.devices[step.device];
        return [facts.denied(step.device, 'PERMISSION_DENIED'), facts.logged(`im-${server}`, 'PERMISSION_DENIED')];
      }
      case 'crash':
        return this.#crash(step);
      case 'staleRoute':
        this.#stale.add(`${step.user}@${step.terminal}`);
        return [];
    }
  }

  /** What must be true at the end. */
  atTheEnd(): string[] {
    const departures = [...this.#online.values()].flatMap((device) => this.#leaves(device));
    return [...departures, ...this.#messages.map(facts.hasOneId)];
  }

  /** All messages arrive as without a crash, and the users of the server log in again. */
  #crash(step: Crash): string[] {
    const back = [...this.#online.values()].filter((device) => this.#conversation.devices[device].server === step.server);
    return [...back.map(facts.loggedIn), ...crashMessages(step).flatMap((send) => this.of(send))];
  }

  #login(device: string): string[] {
    const place = this.#placeOf(device);
    const previous = this.#online.get(place);
    this.#online.set(place, device);
    this.#stale.delete(place);
    return [facts.loggedIn(device), ...(previous === undefined ? [] : this.#replace(previous, device, place))];
  }

  #replace(previous: string, next: string, place: string): string[] {
    const [from, to] = [this.#conversation.devices[previous], this.#conversation.devices[next]];
    const comesBack = from.deviceId === to.deviceId;
    const reason = comesBack ? 'REPLACED' : 'FORCED_LOGOUT';
    const all = [facts.ended(previous, reason), facts.logged(`im-${from.server}`, reason)];
    if (!comesBack) all.push(facts.forcedOut(previous));
    // Between two servers it goes by way of the platform.
    if (from.server !== to.server)
      all.push(facts.result('FORCE_LOGOUT', 'SUCCESS', place), facts.left(place, `im-${from.server}`));
    return all;
  }

  #leaves(device: string): string[] {
    const { server } = this.#conversation.devices[device];
    return [facts.ended(device, 'by itself'), facts.left(this.#placeOf(device), `im-${server}`)];
  }

  #send(send: Send): string[] {
    const { clientMessageId } = send.content;
    const outcomes = this.#receivers(send);
    const reached = [...outcomes].filter(([, code]) => code === 'SUCCESS').map(([place]) => place);
    const delivered = [...reached, ...this.#copies(send)].map((place) =>
      facts.delivered(this.#online.get(place)!, this.#placeOf(send.from), send.to, send.content),
    );
    const results = [...outcomes].map(([place, code]) => facts.result(clientMessageId, code, place));
    return [facts.accepted(send.from, clientMessageId), ...delivered, ...(send.skipResult ? [] : results)];
  }

  /** What must become of the message for each `user@TERMINAL` that it is for. */
  #receivers(send: Send): Map<string, string> {
    const outcomes = new Map<string, string>();
    const sender = this.#conversation.devices[send.from];
    const members = this.#conversation.groups[send.to]?.members.filter((user) => user !== sender.user);
    for (const user of members ?? [send.to]) {
      const places = (send.terminals ?? ALL_TERMINALS).map((terminal) => `${user}@${terminal}`);
      const found = places.filter((place) => this.#isRouted(place));
      for (const place of found) outcomes.set(place, this.#online.has(place) ? 'SUCCESS' : 'CHANNEL_NOT_FOUND');
      if (send.terminals === undefined && found.length > 0) continue;
      for (const place of places) if (!found.includes(place)) outcomes.set(place, 'NOT_ONLINE');
    }
    return outcomes;
  }

  /** The other terminals of the sender. There are no results for them. */
  #copies(send: Send): string[] {
    const { user, terminal: own } = this.#conversation.devices[send.from];
    const others = send.skipSelf ? [] : ALL_TERMINALS.filter((terminal) => terminal !== own);
    return others.map((terminal) => `${user}@${terminal}`).filter((place) => this.#online.has(place));
  }

  #isRouted(place: string): boolean {
    return this.#online.has(place) || this.#stale.has(place);
  }

  #placeOf(device: string): string {
    const { user, terminal } = this.#conversation.devices[device];
    return `${user}@${terminal}`;
  }
}
