// What joins a client by the option `outbox`: an Outbox. An interface, so that clients without it stay small.
import type { ProtocolError } from '../errors.js';
import type { Platform } from './platform.js';

/** How an OutboxPart reaches its client. */
export interface OutboxLink {
  readonly platform: Platform;
  /** Sends a request, once, on the present connection or the next one. */
  request(cmd: number, data: object): Promise<unknown>;
  /** The present time by the server's clock: Unix time in milliseconds. Undefined if it is not known. */
  serverTimeMs(): number | undefined;
  /** A callback or the storage of the application has failed: `onError` of the client. */
  failed(error: unknown, callback: string): void;
  /** Something was skipped: `onNotice` of the client. */
  notice(error: ProtocolError): void;
}

/** The part of a client that keeps messages until they are answered: pass an Outbox. The client calls the methods. */
export interface OutboxPart {
  /** @internal The client that it belongs to. @throws TypeError while it belongs to another client. */
  attach(link: OutboxLink): void;
  /** @internal A connection is authenticated. */
  loggedIn(userId: bigint): void;
  /** @internal The connection is lost, or the server drains. */
  lost(): void;
  /** @internal The client has ended. */
  ended(): void;
}
