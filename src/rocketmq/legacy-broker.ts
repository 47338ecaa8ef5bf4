// A broker on which older services take part: their JSON becomes frames for the handlers here, and what goes to them becomes JSON.
import type { ReceiveInfo } from '../../generated/im/protocol/v1/receive_info.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import type { SessionEventInit } from '../../generated/im/protocol/v1/session_event.js';
import type { TopicMessage, TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { errorReporter } from '../callbacks.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { fromLegacyBody, type LegacyBodyInit, type LegacyProfile, toLegacyBodies } from '../legacy/index.js';
import { TOPIC_BODY_MAX_BYTES } from '../limits.js';
import type { Broker, Consumer, Delivery, Handler, OnBrokerError, Receipt, Subscription } from './broker.js';
import { refuse } from './broker-errors.js';
import type { LegacyRoutes } from './legacy-routes.js';
import { RedisListBroker } from './redis-list-broker.js';
import type { ToRocketMQOptions } from './to-rocketmq.js';
import { forceLogoutMessage } from './topic-messages.js';
import { topics } from './topics.js';

/** Options of `legacyBroker`. `profile` is required. */
export interface LegacyBrokerOptions {
  /** The older system. */
  readonly profile: LegacyProfile;
  /**
   * Whether an IM server reads JSON: then its messages are published as JSON. A RedisListBroker carries nothing else, for any server. Default: no
   * server does.
   */
  readonly isLegacyServer?: ((serverId: string) => boolean) | undefined;
  /**
   * Where SessionEvents are entered as well, so that older platforms find the sessions of new servers. A login then ends the session of the same user
   * and terminal on another server, old or new: keep the option `sessions` of `listen` at `one-per-terminal`. Default: nowhere.
   */
  readonly routes?: Pick<LegacyRoutes, 'apply'> | undefined;
  /** Receives the errors of bodies that are no valid JSON of the profile: these become dead letters. Default: a line on stderr. */
  readonly onError?: OnBrokerError | undefined;
}

/** Begins the service name of requests that came as JSON; a number follows. */
const LEGACY_SERVICE = 'legacy_';
/** Begins the trace id of these requests: older systems have none. */
const LEGACY_TRACE = 'legacy-';
/** Maximum number of older services. */
const MAX_SERVICES = 1000;
const OPEN_BRACE = 0x7b;

/**
 * A broker on whose topics older services publish and read JSON, beside services that publish frames:
 *
 * - JSON on a topic of a server arrives as a ReceiveInfo, and its results are published as JSON.
 * - JSON on a topic of results arrives as a SendResult.
 * - A ReceiveInfo for a server for which `isLegacyServer` returns true is published as JSON. What older servers do not have is not published:
 *   typing, presence, rooms.
 * - Older systems have no SessionEvents and no uplinks: a RedisListBroker does not get them.
 *
 * ```ts
 * const profile = legacyProfile('box-im');
 * const routes = new LegacyRoutes(redis, { profile });
 * const serverId = await nextLegacyServerId(redis);
 * const server = await listen({ serverId, legacy: profile, login, message });
 * const joined = await serveBroker(server, legacyBroker(new RedisListBroker(redis), { profile, routes }), { serverId });
 * ```
 * @param broker the broker of the older services: their RocketMQ, or a RedisListBroker. `close` closes it.
 */
export function legacyBroker(broker: Broker, options: LegacyBrokerOptions): Broker {
  return new LegacyBroker(broker, options);
}

class LegacyBroker implements Broker {
  readonly #broker: Broker;
  readonly #options: LegacyBrokerOptions;
  readonly #hasOnlyJson: boolean;
  readonly #onError: OnBrokerError;
  /** The older services that have asked for results. */
  readonly #services: string[] = [];
  /** The data of requests that are being handled, by their trace ids: older services need it in the results. */
  readonly #requests = new Map<string, ReceiveInfo['data']>();
  #count = 0;
  /** Servers whose session a login has replaced and that do not know it yet, by its connection. */
  readonly #superseded = new Map<string, string>();

  constructor(broker: Broker, options: LegacyBrokerOptions) {
    this.#broker = broker;
    this.#options = options;
    this.#hasOnlyJson = broker instanceof RedisListBroker;
    this.#onError = errorReporter(options.onError);
  }

  async publish(message: TopicMessageInit, options: ToRocketMQOptions = {}): Promise<Receipt> {
    const { payload, topic = '' } = message;
    if (payload?.$case === 'sessionEvent') await this.#enter(payload.value);
    const service = this.#serviceOf(options.serviceName) ?? (this.#hasOnlyJson ? (options.serviceName ?? '') : undefined);
    if (payload?.$case === 'sendResult' && service !== undefined) {
      if (service !== '' || !this.#hasOnlyJson)
        return this.#publishJson({ type: 'SendResult', message: this.#withData(payload.value) }, message, service);
      this.#onError(refuse('serviceName', 'required', 'a result without a service has no list'), { group: '', topic });
      return NOTHING;
    }
    if (payload?.$case === 'receiveInfo' && this.#isLegacy(topic))
      return this.#publishJson({ type: 'ReceiveInfo', message: payload.value }, message, undefined);
    if (this.#hasOnlyJson && payload?.$case !== 'raw') return NOTHING;
    return this.#broker.publish(message, options);
  }

  subscribe(subscription: Subscription, handler: Handler): Promise<Consumer> {
    return this.#broker.subscribe(subscription, async (delivery) => {
      const converted = this.#convert(delivery);
      if (!isProtocolError(converted)) {
        const { payload } = converted.message;
        const traceId = payload?.$case === 'receiveInfo' ? payload.value.traceId : '';
        try {
          await handler(converted);
        } finally {
          this.#requests.delete(traceId);
        }
        return;
      }
      const { group, message, messageId } = delivery;
      this.#onError(converted, { group, topic: message.topic, messageId });
      delivery.deadLetter();
    });
  }

  close(): Promise<void> {
    return this.#broker.close();
  }

  /** @throws ProtocolError (as a rejection) if Redis fails: the event is published again. */
  async #enter(event: SessionEventInit): Promise<void> {
    let other: string | undefined;
    try {
      other = await this.#options.routes?.apply(event);
    } catch (error) {
      // Another attempt would not help.
      if (!isProtocolError(error, 'INVALID_MESSAGE')) throw error;
      this.#onError(error, { group: '', topic: topics.session });
    }
    const { connectionId = '', user } = event;
    const serverId = other ?? this.#superseded.get(connectionId);
    if (serverId === undefined) return;
    // As an older server does: the session of the user and terminal on another server ends. If this fails, the event is published again.
    this.#superseded.set(connectionId, serverId);
    const notice = { user: { userId: user?.userId ?? 0n, terminal: user?.terminal ?? 0 } };
    await this.publish(forceLogoutMessage({ serverId, connectionId: undefined }, notice));
    this.#superseded.delete(connectionId);
  }

  #isLegacy(topic: string): boolean {
    const parsed = topics.parse(topic);
    if (parsed?.carries !== 'ReceiveInfo') return false;
    return this.#hasOnlyJson || this.#options.isLegacyServer?.(parsed.serverId) === true;
  }

  async #publishJson(
    body: LegacyBodyInit,
    { topic = '', tag, keys, messageGroup }: TopicMessageInit,
    serviceName: string | undefined,
  ): Promise<Receipt> {
    let receipt = NOTHING;
    for (const text of toLegacyBodies({ ...body, destination: topic }, this.#options.profile)) {
      const payload = { $case: 'raw', value: new TextEncoder().encode(text) } as const;
      receipt = await this.#broker.publish(
        { topic, tag, keys, messageGroup, payload },
        { serviceName: serviceName || undefined, legacyJson: true },
      );
    }
    return receipt;
  }

  /** The delivery with a frame in place of JSON. */
  #convert(delivery: Delivery): Delivery | ProtocolError {
    const { message, body } = delivery;
    const carries = topics.parse(message.topic)?.carries;
    const isJson = message.payload?.$case === 'raw' && body[0] === OPEN_BRACE;
    if (!isJson || (carries !== 'ReceiveInfo' && carries !== 'SendResult')) return delivery;
    try {
      return this.#converted(delivery, carries);
    } catch (error) {
      if (isProtocolError(error)) return error;
      throw error;
    }
  }

  /** @throws ProtocolError */
  #converted(delivery: Delivery, carries: 'ReceiveInfo' | 'SendResult'): Delivery {
    const read = fromLegacyBody(delivery.body, this.#options.profile);
    if (read.type !== carries)
      throw new ProtocolError('UNSUPPORTED_TYPE', `expected the JSON of a ${carries}, got a ${read.type}`);
    const options = { maxFrameBytes: TOPIC_BODY_MAX_BYTES };
    if (read.type === 'SendResult') {
      const payload: TopicMessage['payload'] = { $case: 'sendResult', value: read.message };
      return withPayload(delivery, payload, encodeFrame('SendResult', read.message, options));
    }
    this.#count += 1;
    const value = {
      ...read.message,
      serviceName: this.#nameOf(read.message.serviceName),
      traceId: `${LEGACY_TRACE}${this.#count}`,
    };
    if (!value.skipResult) this.#requests.set(value.traceId, value.data);
    return withPayload(delivery, { $case: 'receiveInfo', value }, encodeFrame('ReceiveInfo', value, options));
  }

  /** The result with the data of its request. */
  #withData(result: SendResultInit): SendResultInit {
    const data = this.#requests.get(result.traceId ?? '');
    switch (data?.$case) {
      case 'privateMessage':
      case 'groupMessage':
      case 'systemMessage':
      case 'custom':
        return { ...result, data };
      default:
        return result;
    }
  }

  /** The name of an older service as the results of its requests have it: they are published as JSON. */
  #nameOf(service: string): string {
    let index = this.#services.indexOf(service);
    if (index < 0) {
      if (this.#services.length >= MAX_SERVICES)
        throw refuse('serviceName', 'max_items', `got more than ${MAX_SERVICES} services`, { limit: MAX_SERVICES });
      index = this.#services.push(service) - 1;
    }
    return LEGACY_SERVICE + index;
  }

  /** The older service behind a name of `#nameOf`; undefined for other names. */
  #serviceOf(name = ''): string | undefined {
    return name.startsWith(LEGACY_SERVICE) ? this.#services[Number(name.slice(LEGACY_SERVICE.length))] : undefined;
  }
}

/** Nothing was published. */
const NOTHING: Receipt = { messageId: '' };

function withPayload(delivery: Delivery, payload: TopicMessage['payload'], body: Uint8Array): Delivery {
  const serviceName = payload?.$case === 'receiveInfo' ? payload.value.serviceName : '';
  return {
    ...delivery,
    message: { ...delivery.message, payload },
    body,
    serviceName,
    ack: () => delivery.ack(),
    nack: (options) => delivery.nack(options),
    deadLetter: () => delivery.deadLetter(),
  };
}
