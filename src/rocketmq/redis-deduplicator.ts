import { ProtocolError } from '../errors.js';
import type { Delivery, Handler } from './broker.js';
import { type Clock, SYSTEM_CLOCK, Timers } from './clock.js';
import { Deduplicator, type DeduplicatorOptions, deliveryKey, isAcknowledged, progressOfDelivery } from './deduplicator.js';
import { requireMs } from './option-rules.js';
import { type RedisClient, RedisScript } from './redis-client.js';

/** Options of a RedisDeduplicator. All optional. */
export interface RedisDeduplicatorOptions extends Pick<DeduplicatorOptions, 'keyOf'> {
  /** Begins each key. With braces, all keys have one slot in a Redis Cluster. Default `{im}:`. */
  readonly prefix?: string | undefined;
  /**
   * How long a delivery is remembered, in milliseconds: 1 to 2147483647, and longer than the broker may redeliver it. A delivery takes about 150
   * bytes in Redis. Default 86400000 (a day).
   */
  readonly ttlMs?: number | undefined;
  /**
   * How long the claim of a killed process is valid, in milliseconds: 3 or more. Then another process may handle its delivery. A running process
   * renews its claim, however long the handler takes. Default 30000.
   */
  readonly leaseMs?: number | undefined;
  /** Timeout for a call of Redis, in milliseconds. After it, the delivery fails with TIMEOUT and is redelivered. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** The clock, which tests may replace. Default: the clock of the platform. */
  readonly clock?: Clock | undefined;
}

const DEFAULT_TTL_MS = 86_400_000;
const DEFAULT_LEASE_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 5000;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1000;
/** PEXPIRE takes larger ones, timers do not. */
const LONGEST_TTL_MS = 0x7fff_ffff;

/** KEYS: the claim, and how far the delivery was handled. */
const SCRIPT = `
local op, token, ms, state, index = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local isOwn = redis.call('GET', KEYS[1]) == token
if op == 'release' then
  if isOwn then redis.call('DEL', KEYS[1]) end
  return '1'
end
if op == 'renew' then return isOwn and redis.call('PEXPIRE', KEYS[1], ms) == 1 and '1' or '0' end
local doneState, doneIndex = -1, -1
local done = redis.call('GET', KEYS[2])
if done then
  local s, i = string.match(done, '^(%d+) (%d+)$')
  doneState, doneIndex = tonumber(s), tonumber(i)
end
if op == 'finish' then
  redis.call('SET', KEYS[2], string.format('%d %d', math.max(state, doneState), math.max(index, doneIndex)), 'PX', ms)
  if isOwn then redis.call('DEL', KEYS[1]) end
  return '1'
end
if state <= doneState and index <= doneIndex then return 'done' end
if isOwn or redis.call('SET', KEYS[1], token, 'NX', 'PX', ms) then return 'claimed' end
return 'wait'
`;

/**
 * A Deduplicator that several processes share, and that survives them: its memory is in Redis. For services with several consumers of a group; an IM
 * server is the only consumer of its topics, so that a Deduplicator is enough.
 *
 * Before the handler is called the delivery is claimed, in one atomic step. A handler that fails, or calls `nack` or `deadLetter`, releases
 * the claim: the delivery is handled again when it is redelivered. A duplicate that arrives meanwhile, in any process, waits for the outcome. The
 * claim of a killed process ends after `leaseMs`.
 *
 * **While Redis is away**, deliveries are not handled: `wrap` rejects with TIMEOUT or INTERNAL, and the broker redelivers them. If Redis goes away
 * during the handler, its success is repeated to Redis for `leaseMs`, then the delivery is redelivered; this process drops it
 * then, and another one handles it again. Do not wrap handlers of events (`im_event_...`), which are never redelivered. Redis must not evict the keys
 * (`maxmemory-policy noeviction` or `volatile-ttl`); deliveries that it has lost after a crash are handled again.
 */
export class RedisDeduplicator {
  readonly #script: RedisScript;
  readonly #prefix: string;
  readonly #keyOf: (delivery: Delivery) => string | undefined;
  readonly #ttlMs: number;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  /** Of this process: duplicates that arrive meanwhile wait without a call of Redis, and what it has handled stays handled. */
  readonly #local: Deduplicator;
  /** Deliveries that were handled, and why Redis has not recorded it. */
  readonly #unfinished = new WeakMap<object, ProtocolError>();
  #dropped = 0;
  #claims = 0;

  /** @throws RangeError for invalid numbers. */
  constructor(client: RedisClient, options: RedisDeduplicatorOptions = {}) {
    const {
      prefix = '{im}:',
      keyOf = deliveryKey,
      ttlMs = DEFAULT_TTL_MS,
      leaseMs = DEFAULT_LEASE_MS,
      timeoutMs = DEFAULT_TIMEOUT_MS,
    } = options;
    requireMs('ttlMs', ttlMs, 1, LONGEST_TTL_MS);
    requireMs('leaseMs', leaseMs, 3);
    requireMs('timeoutMs', timeoutMs);
    this.#script = new RedisScript(client, SCRIPT, timeoutMs);
    this.#prefix = prefix;
    this.#keyOf = keyOf;
    this.#ttlMs = Math.floor(ttlMs);
    this.#leaseMs = Math.floor(leaseMs);
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#local = new Deduplicator({ keyOf });
  }

  /** Number of dropped duplicates of this process. */
  get dropped(): number {
    return this.#dropped + this.#local.dropped;
  }

  /** Returns a handler that calls `handler` once for equal deliveries and acknowledges the duplicates. */
  wrap(handler: Handler): Handler {
    // A failure to tell Redis about a success must not make the handler run again here.
    const once = this.#local.wrap((delivery) => this.#handle(handler, delivery));
    return async (delivery) => {
      await once(delivery);
      const failure = this.#unfinished.get(delivery.message);
      this.#unfinished.delete(delivery.message);
      if (failure !== undefined) throw failure;
    };
  }

  async #handle(handler: Handler, delivery: Delivery): Promise<void> {
    const name = `${delivery.group} ${this.#keyOf(delivery) ?? `#${delivery.messageId}`}`;
    const keys = [`${this.#prefix}claim:${name}`, `${this.#prefix}done:${name}`];
    const { state = 0, index = 0 } = progressOfDelivery(delivery);
    this.#claims += 1;
    const token = `${this.#clock.nowMs().toString(36)}.${this.#claims}.${Math.random().toString(36).slice(2)}`;
    const call = async (op: string, ms: number): Promise<string> =>
      String(await this.#script.run(keys, [op, token, String(ms), String(state), String(index)]));
    if (!(await this.#claim(call))) {
      this.#dropped += 1;
      return;
    }
    const timers = new Timers(this.#clock);
    this.#renew(call, timers);
    let isAcked = false;
    try {
      isAcked = await isAcknowledged(handler, delivery);
    } finally {
      timers.clear();
      // Without an answer the claim ends with its lease.
      if (!isAcked) await call('release', 0).catch(() => {});
    }
    if (!isAcked) return;
    const failure = await this.#finish(call);
    if (failure !== undefined) this.#unfinished.set(delivery.message, failure);
  }

  /** Returns false for a duplicate. Waits while another process handles the delivery. */
  async #claim(call: (op: string, ms: number) => Promise<string>): Promise<boolean> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      const answer = await call('claim', this.#leaseMs);
      if (answer !== 'wait') return answer === 'claimed';
      await new Timers(this.#clock).wait(waitMs);
    }
  }

  #renew(call: (op: string, ms: number) => Promise<string>, timers: Timers): void {
    timers.set(() => {
      this.#renew(call, timers);
      // The next one may succeed.
      call('renew', this.#leaseMs).catch(() => {});
    }, this.#leaseMs / 3);
  }

  /** Remembers the delivery. Returns the error if Redis does not answer for `leaseMs`. */
  async #finish(call: (op: string, ms: number) => Promise<string>): Promise<ProtocolError | undefined> {
    const untilMs = this.#clock.nowMs() + this.#leaseMs;
    for (;;) {
      try {
        await call('finish', this.#ttlMs);
        return undefined;
      } catch (cause) {
        if (this.#clock.nowMs() >= untilMs)
          return new ProtocolError('INTERNAL', 'the delivery was handled, but Redis could not record it', { cause });
      }
      await new Timers(this.#clock).wait(LONGEST_WAIT_MS);
    }
  }
}
