import { FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { commandName } from '../codec/command-name.js';
import type { ServerConnection } from '../connection/server-connection.js';
import type { OutcomeCode } from '../connection/server-observer.js';
import type { ApplicationCommands } from '../negotiate/command-digests.js';
import type { Traffic } from '../session/traffic.js';
import { hasOwn } from '../wire/older-engines.js';
import type { CountsByCode, DurationHistogram, ServerMetrics } from './server-metrics.js';

type Transport = ServerConnection['transport'];

/** Maximum number of different codes without a name: they come from the application and from peers. */
const MAX_NUMBERS = 100;
const OTHER = 'OTHER';

/** Upper bounds of the buckets, in milliseconds. */
const BOUNDS_MS: readonly number[] = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** The numbers behind `Server.metrics()`. */
export class ServerCounters {
  readonly traffic: Readonly<Record<Transport, Traffic>> = { tcp: noTraffic(), websocket: noTraffic() };
  readonly open = noConnections();
  readonly authenticated = noConnections();
  readonly versions = new CodeCounter();
  readonly opened = noConnections();
  readonly closed = new CodeCounter();
  readonly refused = new CodeCounter();
  readonly agreed = new CodeCounter();
  readonly failedHandshakes = new CodeCounter();
  readonly logins = new CodeCounter();
  readonly renewals = new CodeCounter();
  readonly loginDurations = new Durations();
  readonly refusedFrames = new CodeCounter();
  activeRequests = 0;
  fullQueues = 0;
  droppedChunks = 0;
  readonly #application: ApplicationCommands;
  /** By command. Undefined: all that are not listed. */
  readonly #commands = new Map<number | undefined, CommandCounter>();

  constructor(application: ApplicationCommands = {}) {
    this.#application = application;
  }

  /** What is counted of a command. */
  ofCommand(cmd: number): CommandCounter {
    return this.#commands.get(cmd) ?? this.#addCommand(cmd);
  }

  /** @param queuedBytes of all connections. */
  snapshot(queuedBytes: number): ServerMetrics {
    const commands = [...this.#commands.values()];
    const timed = commands.filter(({ durations }) => durations.count > 0);
    const { tcp, websocket } = this.traffic;
    return {
      connections: {
        open: { ...this.open },
        authenticated: { ...this.authenticated },
        versions: this.versions.snapshot(),
        opened: { ...this.opened },
        closed: this.closed.snapshot(),
        refused: this.refused.snapshot(),
      },
      handshakes: { agreed: this.agreed.snapshot(), failed: this.failedHandshakes.snapshot() },
      logins: {
        first: this.logins.snapshot(),
        renewals: this.renewals.snapshot(),
        durations: this.loginDurations.snapshot(),
      },
      traffic: { tcp: { ...tcp }, websocket: { ...websocket } },
      refusedFrames: this.refusedFrames.snapshot(),
      requests: {
        active: this.activeRequests,
        handled: Object.fromEntries(commands.map(({ name, results }) => [name, results.snapshot()])),
        durations: Object.fromEntries(timed.map(({ name, durations }) => [name, durations.snapshot()])),
      },
      queue: { bytes: queuedBytes, full: this.fullQueues, droppedChunks: this.droppedChunks },
    };
  }

  #addCommand(cmd: number): CommandCounter {
    const key = cmd < FIRST_APPLICATION_COMMAND || hasOwn(this.#application, cmd) ? cmd : undefined;
    const known = this.#commands.get(key);
    if (known !== undefined) return known;
    const name = key === undefined ? OTHER : (this.#application[key] ?? commandName(key));
    const counter = { name, results: new CodeCounter(), durations: new Durations() };
    this.#commands.set(key, counter);
    return counter;
  }
}

interface CommandCounter {
  readonly name: string;
  readonly results: CodeCounter;
  readonly durations: Durations;
}

class CodeCounter {
  readonly #counts = new Map<OutcomeCode, number>();
  #numbers = 0;

  add(code: OutcomeCode): void {
    const count = this.#counts.get(code);
    if (count !== undefined) this.#counts.set(code, count + 1);
    else if (typeof code === 'string') this.#counts.set(code, 1);
    else this.#addNumber(code);
  }

  /** Takes back one that was added. */
  remove(code: OutcomeCode): void {
    const count = this.#counts.get(code) ?? 0;
    if (count > 1) this.#counts.set(code, count - 1);
    else this.#counts.delete(code);
  }

  snapshot(): CountsByCode {
    return Object.fromEntries(this.#counts);
  }

  #addNumber(code: number): void {
    if (this.#numbers >= MAX_NUMBERS) this.add(OTHER);
    else {
      this.#numbers += 1;
      this.#counts.set(code, 1);
    }
  }
}

class Durations {
  readonly #counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;
  count = 0;

  add(ms: number): void {
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]) bucket += 1;
    this.#counts[bucket] += 1;
    this.#sumMs += ms;
    this.count += 1;
  }

  snapshot(): DurationHistogram {
    return { boundsMs: BOUNDS_MS, counts: [...this.#counts], count: this.count, sumMs: this.#sumMs };
  }
}

function noTraffic(): Traffic {
  return { bytesReceived: 0, framesReceived: 0, bytesSent: 0, framesSent: 0 };
}

function noConnections(): Record<Transport, number> {
  return { tcp: 0, websocket: 0 };
}
