import type { LoggedIn } from '../session/server-session.js';
import type { ServerConnection } from './server-connection.js';

/** What a callback of a server or a client was called for when it failed. */
export interface ErrorContext {
  /** The option that failed: `message`, `login`, `onClose`, `trace`, `http`. Left out for an error inside the library. */
  readonly callback?: string | undefined;
  /** The connection, where the error is about one. On a client it has an `id` alone, and only once the server has told it. */
  readonly connection?: Pick<ServerConnection, 'id'> | undefined;
  /** Who is logged in on the connection. */
  readonly user?: Pick<LoggedIn, 'userId' | 'terminal'> | undefined;
  /** The command of the message that was being handled. */
  readonly command?: number | undefined;
}

/** As on a server. */
export interface ServerErrorContext extends ErrorContext {
  readonly connection?: ServerConnection | undefined;
  readonly user?: LoggedIn | undefined;
}
