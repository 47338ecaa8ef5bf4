// A system with users of both kinds of clients.
import { randomUUID } from 'node:crypto';
import { type CallSignal, Command, Terminal } from '@im/protocol';
import { type Client, connect } from '@im/protocol/node';
import { ClientSync, type SyncChange, type SyncMessage } from '@im/protocol/sync';
import { expect, onTestFinished, vi } from 'vitest';
import { LIMITS } from '../../../examples/chat/platform/context.js';
import { OldClient } from '../../../examples/older-clients/client/old-client.js';
import { type System, startSystem } from '../../../examples/older-clients/start-system.js';

export const ALICE = 1;
export const BOB = 2;
export const CHEN = 3;
export const TEAM = 70;
/** A user in no group. */
export const DORA = 4;

const NAMES = new Map([
  [ALICE, 'alice'],
  [BOB, 'bob'],
  [CHEN, 'chen'],
  [DORA, 'dora'],
]);
export const WEB = 0;
export const APP = 1;
export const PC = 2;

/** Long enough for a busy machine. */
export const SOON = { timeout: 15_000 };

export interface Fixture {
  readonly system: System;
  readonly port: number;
  /** Of the tokens. */
  readonly clock: { nowMs: number };
  readonly errors: unknown[];
  older(userId: number, terminal?: number, serverPort?: number): Promise<OldClient>;
  newer(userId: number, terminal?: Terminal, serverPort?: number): Promise<NewClient>;
}

export const passwordOf = (name: string): string => `${name}-secret`;

export async function startFixture({ recallMs = LIMITS.recallMs } = {}): Promise<Fixture> {
  const clock = { nowMs: Date.now() };
  const errors: unknown[] = [];
  const system = await startSystem({
    people: {
      users: new Map([...NAMES].map(([id, name]) => [BigInt(id), name])),
      groups: new Map([[BigInt(TEAM), [ALICE, BOB, CHEN].map(BigInt)]]),
      rooms: new Set(),
    },
    checkPassword: async (userName, password) => {
      const [id] = [...NAMES].find(([, name]) => name === userName) ?? [];
      return id !== undefined && password === passwordOf(userName) ? BigInt(id) : undefined;
    },
    limits: { ...LIMITS, recallMs },
    tokenClock: () => clock.nowMs,
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => system.close());
  const port = await system.startServer(1);
  return {
    system,
    port,
    clock,
    errors,
    async older(userId, terminal = WEB, serverPort = port) {
      const userName = NAMES.get(userId)!;
      const client = await OldClient.start({ port: serverPort, userId, userName, password: passwordOf(userName), terminal });
      onTestFinished(() => client.disconnect());
      return client;
    },
    newer: (userId, terminal = Terminal.WEB, serverPort = port) => NewClient.start(system, serverPort, BigInt(userId), terminal),
  };
}

/** A client of this protocol, with what it shows. */
export class NewClient {
  /** Each message when it was shown first. */
  readonly shown: SyncMessage[] = [];
  /** Messages that have changed, as they are now. */
  readonly changed: SyncMessage[] = [];
  /** Steps of calls. */
  readonly signals: CallSignal[] = [];
  /** The last call that rang. */
  callId = '';
  readonly sync: ClientSync;
  client!: Client;

  private constructor() {
    this.sync = new ClientSync({ onChange: (changes) => this.#take(changes) });
  }

  static async start({ chat }: System, port: number, userId: bigint, terminal: Terminal): Promise<NewClient> {
    const client = new NewClient();
    const accessToken = await chat.tokens.issue({ userId, terminal });
    client.client = await connect(`ws://127.0.0.1:${port}`, { login: { accessToken }, sync: client.sync });
    onTestFinished(() => void client.client.close());
    void client.#listen();
    await vi.waitFor(() => expect(client.sync.status.state).toBe('synced'), SOON);
    return client;
  }

  /** What the user sees, in order: texts, and the kinds of other bodies. */
  get texts(): string[] {
    return this.shown.map(({ content: { body, fallback } }) =>
      body?.$case === 'text' ? body.value.text : fallback || String(body?.$case),
    );
  }

  say(receiverId: number, text: string): Promise<unknown> {
    const content = { clientMessageId: randomUUID(), body: { $case: 'text', value: { text } } } as const;
    return this.client.request(Command.PRIVATE_MESSAGE, { receiverId: BigInt(receiverId), content });
  }

  sayToGroup(
    groupId: number,
    text: string,
    extra: { mentionEveryone?: boolean; receiptWanted?: boolean } = {},
  ): Promise<unknown> {
    const { mentionEveryone = false, receiptWanted = false } = extra;
    const content = {
      clientMessageId: randomUUID(),
      hints: { receiptWanted },
      body: { $case: 'text', value: { text } },
    } as const;
    return this.client.request(Command.GROUP_MESSAGE, { groupId: BigInt(groupId), mentionEveryone, content });
  }

  async #listen(): Promise<void> {
    try {
      for await (const { data } of this.client) {
        if (data?.$case !== 'call') continue;
        this.signals.push(data.value);
        if (data.value.action?.$case === 'invite') this.callId = data.value.callId;
      }
    } catch {
      // `closed` has the reason.
    }
  }

  #take(changes: readonly SyncChange[]): void {
    for (const change of changes) {
      if (change.type === 'message') this.shown.push(change.message);
      if (change.type === 'changed') this.changed.push(change.message);
    }
  }
}
