// What the platform keeps in its database: it stays while processes are replaced.
import type { ReceiveInfoInit, SendCode } from '../../../src/index.js';

/** A user's terminal. */
export interface Device {
  readonly userId: bigint;
  readonly terminal: number;
}

export function deviceKey({ userId, terminal }: Device): string {
  return `${userId}/${terminal}`;
}

/** The outcome of a message for a device. */
export interface Outcome extends Device {
  readonly cmd: number;
  readonly messageId: bigint;
  readonly code: SendCode;
}

export class Store {
  /** The devices of all users. */
  readonly devices = new Map<string, Device>();
  /** The server of each device that is online. */
  readonly sessions = new Map<string, Device & { readonly serverId: string }>();
  /** The id of each message, by sender and client_message_id: a message that is sent again gets the same. */
  readonly idsByClient = new Map<string, bigint>();
  /** Messages that did not reach a device: "the platform sends them when it logs in". */
  readonly undelivered = new Map<string, Map<bigint, ReceiveInfoInit>>();
  /** Every SendResult that the platform read, by device. */
  readonly outcomes: Outcome[] = [];
  readonly #codes = new Map<string, SendCode[]>();
  /** The message of each id, as it was sent to the servers. */
  readonly messages = new Map<bigint, ReceiveInfoInit>();
  readonly groups = new Map<bigint, readonly bigint[]>();
  #lastId = 9_100_000_000_000_000_001n;

  addOutcome(outcome: Outcome): void {
    this.outcomes.push(outcome);
    const key = `${outcome.messageId} ${deviceKey(outcome)}`;
    this.#codes.set(key, [...(this.#codes.get(key) ?? []), outcome.code]);
  }

  /** The results of a message for a device. */
  codesOf(messageId: bigint, device: Device): readonly SendCode[] {
    return this.#codes.get(`${messageId} ${deviceKey(device)}`) ?? [];
  }

  nextId(): bigint {
    this.#lastId += 2n;
    return this.#lastId;
  }
}
