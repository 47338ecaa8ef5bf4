// SessionEvents: where users are online. They fill the routes, and presence follows from these.
import { type SessionEvent, SessionEventKind } from '@im/protocol';
import type { RouteTable } from '@im/protocol/rocketmq';
import type { Outbox } from './delivery/outbox.js';
import type { PresenceService } from './live/presence.js';

export class Sessions {
  readonly #routes: RouteTable;
  readonly #outbox: Outbox;
  readonly #presence: PresenceService;

  constructor(routes: RouteTable, outbox: Outbox, presence: PresenceService) {
    this.#routes = routes;
    this.#outbox = outbox;
    this.#presence = presence;
  }

  async apply(event: SessionEvent): Promise<void> {
    const { kind, serverId, connectionId } = event;
    const user = event.user!;
    const previous = this.#routes.find(user.userId)?.find(({ terminal }) => terminal === user.terminal);
    const isApplied = this.#routes.apply(event);
    if (isEnd(kind)) this.#presence.connectionEnded(connectionId);
    if (!isApplied) return;
    // "One session for each user and terminal": on one server it ends the earlier one, of other servers only the platform knows.
    if (kind === SessionEventKind.OPENED && previous !== undefined && String(previous.serverId) !== serverId)
      await this.#outbox.forceLogout(previous.serverId, user, 'a second login on the same kind of terminal');
    await this.#presence.changed(user.userId);
  }

  /** A server has crashed, and with it all its sessions: it did not say so itself. */
  async serverLost(serverId: string): Promise<void> {
    this.#routes.deleteServer(serverId);
    await this.#presence.serverLost();
  }
}

function isEnd(kind: SessionEventKind): boolean {
  return kind === SessionEventKind.CLOSED || kind === SessionEventKind.LOGGED_OUT;
}
