// One system for clients of the older one and clients of this protocol: their sockets and the HTTP of the older ones are on one port.

import { LIMITS, type Limits, type People } from '../chat/platform/context.js';
import { MemoryStorage } from '../chat/platform/storage/memory-storage.js';
import { createVerifier } from '../chat/platform/tokens.js';
import { type Chat, startChat } from '../chat/start-chat.js';
import { type CheckPassword, createAccountRoutes } from './face/accounts.js';
import { createCallingRoutes } from './face/calling.js';
import { Delivered } from './face/delivered.js';
import { createHttpFace, type HttpFace } from './face/http-face.js';
import { MessageVos } from './face/message-vo.js';
import { PROFILE } from './face/older-form.js';
import { createPeopleRoutes } from './face/people.js';
import { createPullingRoutes } from './face/pulling.js';
import { createReadingRoutes } from './face/reading.js';
import { createSendingRoutes } from './face/sending.js';
import { firstMessageId } from './message-ids.js';

/** As in the older system. */
const RECALL_MS = 300_000;

export interface SystemOptions {
  /** Ids of users and groups are below 2^53. */
  readonly people: People;
  readonly checkPassword: CheckPassword;
  readonly limits?: Limits | undefined;
  /** Unix time in milliseconds, for the lifetimes of tokens. Default: the clock of the system. */
  readonly tokenClock?: (() => number) | undefined;
  /** Gets errors of the platform itself. Default: they are printed. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface System {
  readonly chat: Chat;
  readonly face: HttpFace;
  /** Starts an IM server for all clients, and returns its port. */
  startServer(id: string | number): Promise<number>;
  close(): Promise<void>;
}

/** @throws RangeError for an id of a user or group that the older clients cannot hold. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const {
    people,
    checkPassword,
    limits = { ...LIMITS, recallMs: RECALL_MS },
    tokenClock: nowMs,
    onError = console.error,
  } = options;
  for (const id of [...people.users.keys(), ...people.groups.keys()])
    if (id > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`expected ids below 2^53, got ${id}`);
  const storage = new MemoryStorage({ firstMessageId: firstMessageId(Date.now()) });
  const delivered = new Delivered();
  const chat = await startChat({
    people,
    storage,
    limits,
    tokenClock: nowMs,
    onError,
    onResult: (result) => delivered.result(result),
  });
  const { services } = chat.platform;
  const vos = new MessageVos(services.context, delivered);
  const face = createHttpFace({
    open: await createAccountRoutes({ tokens: chat.tokens, checkPassword, nowMs }),
    calls: {
      ...createSendingRoutes(services, vos),
      ...createReadingRoutes(services),
      ...createPullingRoutes(services, vos, delivered),
      ...createPeopleRoutes(services),
      ...createCallingRoutes(services),
    },
    verify: await createVerifier(chat.tokens.publicKey, { nowMs }),
    onError,
  });
  return {
    chat,
    face,
    startServer: async (id) => (await chat.startServer(id, { http: face, legacy: PROFILE })).port,
    close: () => chat.close(),
  };
}
