import type { LoggedIn } from '../session/server-session.js';

/** Where a callback of a server or a client failed. */
export interface ErrorContext {
  /**
   * Name of the option that failed: `message`, `login`, `onClose`, `trace`, `http`; `on` and `subscribe` of a client; `outbox.` and a name for an
   * Outbox. Undefined for an error inside the library.
   */
  readonly callback?: string | undefined;
  /** The connection that the error is about, if there is one. On a client it has only an `id`, known after the handshake. */
  readonly connection?: { readonly id: string } | undefined;
  /** The authenticated user of the connection. */
  readonly user?: Pick<LoggedIn, 'userId' | 'terminal'> | undefined;
  /** The command of the message that was being handled. */
  readonly command?: number | undefined;
}
