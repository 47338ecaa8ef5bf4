import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { ProtocolError } from '../errors.js';
import type { Traffic } from '../session/traffic.js';

/** The code of an outcome: the name of an error, its number if it has none, `OK` without an error. */
export type OutcomeCode = string | number;

/** How a request or a LOGIN has ended. */
export interface Outcome {
  readonly code: OutcomeCode;
  /** What the callback has thrown, if it has. */
  readonly thrown?: unknown;
}

export const OK: Outcome = { code: 'OK' };

/** A call of a callback that is observed. Its methods must not throw. */
export interface ObservedCall {
  /** Calls the callback. Returns what it returns, and throws what it throws. */
  run<T>(call: () => T): T;
}

/** Counts and reports what the connections `C` of a server do. The methods must not throw. */
export interface ServerObserver<C> {
  readonly traffic: Readonly<Record<'tcp' | 'websocket', Traffic>>;
  /** Version, features and limits are negotiated. */
  negotiated(connection: C): void;
  /** A frame of the client was refused or dropped. */
  frameRefused(connection: C, error: ProtocolError): void;
  /** The transport is full although the event loop has turned, or no longer. */
  queueFull(connection: C, isFull: boolean): void;
  /** A CHUNK was not sent because too much waits to be written. */
  chunkDropped(): void;
  /** A LOGIN is going to be verified. @param isRenewal of a token. */
  loginBegins(connection: C, isRenewal: boolean): ObservedCall | undefined;
  loginEnded(connection: C, isRenewal: boolean, outcome: Outcome, call: ObservedCall | undefined): void;
  /** A message is going to be handled. */
  requestBegins(connection: C, message: SendInfo): ObservedCall | undefined;
  requestEnded(connection: C, message: SendInfo, outcome: Outcome, call: ObservedCall | undefined): void;
}
