// What the parts of the platform share.
import type { ServerLimitsInit } from '@im/protocol';
import type { Membership } from './conversations/membership.js';
import type { Outbox } from './delivery/outbox.js';
import type { PresentForm } from './messages/present-form.js';
import type { Storage } from './storage/storage.js';

/** The users and groups of the application. In production a separate service. */
export interface People {
  /** The names of all users. */
  readonly users: ReadonlyMap<bigint, string>;
  /** The first members of each group. */
  readonly groups: ReadonlyMap<bigint, readonly bigint[]>;
  /** The rooms that exist. */
  readonly rooms: ReadonlySet<bigint>;
  /** The user that is a program, and answers. Default: there is none. */
  readonly assistantId?: bigint | undefined;
}

/** What the platform allows. Clients learn it with LOGIN: see SessionInfo. */
export interface Limits extends ServerLimitsInit {
  readonly recallMs: number;
  readonly editMs: number;
  readonly typingGroupSize: number;
}

export const LIMITS: Limits = { recallMs: 120_000, editMs: 900_000, typingGroupSize: 100 };

export interface Context {
  readonly storage: Storage;
  readonly people: People;
  readonly limits: Limits;
  readonly membership: Membership;
  readonly presentForm: PresentForm;
  readonly outbox: Outbox;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** Gets the errors of work that nobody waits for. */
  readonly onError: (error: unknown) => void;
}
