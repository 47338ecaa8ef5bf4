// SessionEvents: where users are online. They fill the routes, and presence follows from these.
import { type SessionEvent, SessionEventKind } from '@im/protocol';
import type { RouteTable } from '@im/protocol/rocketmq';
import type { Outbox } from './delivery/outbox.js';
import type { PresenceService } from './live/presence.js';

export class Sessions {
  readonly #routes: RouteTable;
  readonly #outbox: Outbox;
  readonly #presence: PresenceService;
  readonly #serverIds = new Set<string>();
  /** The server of each session, by user and terminal. Routes may be ahead of the events: a SYNC enters them too. */
  readonly #servers = new Map<string, string>();

  constructor(routes: RouteTable, outbox: Outbox, presence: PresenceService) {
    this.#routes = routes;
    this.#outbox = outbox;
    this.#presence = presence;
  }

  /** The servers that have sent events. */
  get serverIds(): readonly string[] {
    return [...this.#serverIds];
  }

  async apply(event: SessionEvent): Promise<void> {
    const { kind, serverId, connectionId } = event;
    const user = event.user!;
    this.#serverIds.add(serverId);
    const isApplied = this.#routes.apply(event);
    if (isEnd(kind)) this.#presence.connectionEnded(connectionId);
    if (!isApplied) return;
    const key = `${user.userId} ${user.terminal}`;
    const previous = this.#servers.get(key);
    if (isEnd(kind)) this.#servers.delete(key);
    else this.#servers.set(key, serverId);
    // "One session for each user and terminal": on one server it ends the earlier one, of other servers only the platform knows.
    if (kind === SessionEventKind.OPENED && previous !== undefined && previous !== serverId)
      await this.#outbox.forceLogout(previous, user, 'a second login on the same kind of terminal');
    await this.#presence.changed(user.userId);
  }

  /** A server has crashed, and with it all its sessions: it did not say so itself. */
  async serverLost(serverId: string): Promise<void> {
    this.#serverIds.delete(serverId);
    this.#routes.deleteServer(serverId);
    for (const [key, server] of this.#servers) if (server === serverId) this.#servers.delete(key);
    await this.#presence.serverLost(serverId);
  }
}

function isEnd(kind: SessionEventKind): boolean {
  return kind === SessionEventKind.CLOSED || kind === SessionEventKind.LOGGED_OUT;
}
