// What joins a client by the option `sync`: ClientSync of `@im/protocol/sync`. An interface, so that clients without it stay small.
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { ProtocolError } from '../errors.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import type { ErrorContext } from './callback-context.js';

/** How a SyncPart reaches its client. */
export interface SyncLink {
  nowMs(): number;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Sends a request on the present connection, and resolves with the data of its reply. */
  request(cmd: number, data: object): Promise<unknown>;
  /** Something was skipped: `onNotice` of the client. */
  notice(error: ProtocolError): void;
  /** Calls a callback of the application: what it throws goes to `onError` of the client. */
  call(callback: ErrorContext['callback'], call: () => unknown): void;
}

/** The part of a client that keeps conversations: pass a ClientSync of `@im/protocol/sync`. The client calls the methods. */
export interface SyncPart {
  /** @internal The client that it belongs to. @throws TypeError if it belongs to another client. */
  attach(link: SyncLink): void;
  /** @internal A connection is authenticated. */
  loggedIn(userId: bigint, agreement: Agreement): void;
  /**
   * @internal Takes a push, unless it is not one of a conversation, or the connection does not support it: then the result is false.
   * @param stored called once, with false if the push was not stored, and comes again later.
   */
  receive(message: SendInfo, stored: (isStored: boolean) => void): boolean;
  /** @internal A request of the application has its reply. */
  replied(request: SendInfoInit, reply: SendInfo): void;
  /** @internal The connection is lost. */
  lost(): void;
  /** @internal The client has ended. */
  ended(error: ProtocolError | undefined): void;
}
