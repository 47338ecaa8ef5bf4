// Clients that send requests all the time, and what became of each.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { Command } from '../../src/index.js';
import { type Client, type ConnectOptions, connect } from '../../src/node/index.js';
import { ASK, ask, chat, textOf } from '../connection/messages.js';

const COUNT = 100;
const REQUEST_TIMEOUT_MS = 90_000;

export class MovingClients {
  /** The ids of the requests, by whether they were answered. */
  readonly answered: string[] = [];
  readonly failed: string[] = [];
  /** Connections that were lost: none in a graceful restart. */
  readonly lost: string[] = [];
  /** Logins of each client. */
  readonly logins = new Array<number>(COUNT).fill(0);
  readonly #clients: Client[] = [];
  readonly #loops: Promise<void>[] = [];
  #isStopped = false;

  /** @param kind of the requests: a command of the application, or chat messages, which have an id of the client. */
  static async start(
    url: string,
    options: Partial<ConnectOptions> = {},
    kind: 'command' | 'chat' = 'command',
  ): Promise<MovingClients> {
    const clients = new MovingClients();
    onTestFinished(async () => {
      clients.#isStopped = true;
      await Promise.all(clients.#clients.map((client) => client.close()));
    });
    for (let i = 0; i < COUNT; i++) clients.#clients.push(await clients.#connect(url, i, options));
    for (const [i, client] of clients.#clients.entries()) clients.#loops.push(clients.#send(client, i, kind));
    return clients;
  }

  get states(): string[] {
    return [...new Set(this.#clients.map(({ state }) => state))];
  }

  /** Ends the loops after the requests under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  /** Each request of the clients was handled once and answered once, and no connection was lost. @param effects file with the handled ids. */
  expectNothingLost(effects: string): void {
    expect([this.failed, this.lost, this.states]).toEqual([[], [], ['authenticated']]);
    const handled = readFileSync(effects, 'utf8').trim().split('\n');
    expect(handled.toSorted()).toEqual(this.answered.toSorted());
    expect(new Set(handled).size).toBe(handled.length);
    expect(Math.min(...this.logins)).toBeGreaterThanOrEqual(2);
  }

  #connect(url: string, i: number, options: Partial<ConnectOptions>): Promise<Client> {
    return connect(url, {
      login: { accessToken: String(i + 1), deviceId: `device-${i}` },
      reconnect: { baseMs: 50, maxMs: 500 },
      onLogin: () => {
        this.logins[i] += 1;
      },
      onReconnect: (error) => void this.lost.push(String(error)),
      ...options,
    });
  }

  async #send(client: Client, i: number, kind: 'command' | 'chat'): Promise<void> {
    for (let n = 0; !this.#isStopped; n++) {
      const id = `${i}-${n}`;
      try {
        if (kind === 'command') {
          const reply = await client.request(ASK, ask(id), { timeoutMs: REQUEST_TIMEOUT_MS });
          if (textOf(reply as never) !== `re ${id}`) throw new Error(`the reply to another request: ${textOf(reply as never)}`);
        } else {
          const message = chat(id) as { content: object };
          const content = { ...message.content, clientMessageId: id };
          await client.request(Command.PRIVATE_MESSAGE, { ...message, content } as never, { timeoutMs: REQUEST_TIMEOUT_MS });
        }
        this.answered.push(id);
      } catch (error) {
        this.failed.push(`${id}: ${error}`);
      }
      await wait(10 + ((i * 7 + n) % 40));
    }
  }
}
