// SessionEvents: where users are online. They fill the routes, and presence follows from these.
import { type SessionEvent, SessionEventKind } from '@im/protocol';
import type { Routes } from '@im/protocol/rocketmq';
import type { Outbox } from './delivery/outbox.js';
import type { PresenceService } from './live/presence.js';

export class Sessions {
  readonly #routes: Routes;
  readonly #outbox: Outbox;
  readonly #presence: PresenceService;
  readonly #serverIds = new Set<string>();

  constructor(routes: Routes, outbox: Outbox, presence: PresenceService) {
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
    const { applied, superseded } = await this.#routes.apply(event);
    if (isEnd(kind)) this.#presence.connectionEnded(connectionId);
    // "One session for each user and terminal": a server ends an earlier one on itself, those of other servers only the platform knows.
    if (superseded !== undefined && (superseded.serverId !== serverId || superseded.connectionId === connectionId))
      await this.#outbox.forceLogout(superseded, user, 'a second login on the same kind of terminal');
    if (!applied) return;
    await this.#presence.changed(user.userId);
  }

  /** A server has crashed, and with it all its sessions: it did not say so itself. */
  async serverLost(serverId: string): Promise<void> {
    this.#serverIds.delete(serverId);
    await this.#routes.deleteServer(serverId);
    await this.#presence.serverLost(serverId);
  }
}

function isEnd(kind: SessionEventKind): boolean {
  return kind === SessionEventKind.CLOSED || kind === SessionEventKind.LOGGED_OUT;
}
