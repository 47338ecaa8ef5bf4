import { channel, tracingChannel } from 'node:diagnostics_channel';
import {
  type Attributes,
  type BatchObservableResult,
  type Meter,
  type MetricOptions,
  type Observable,
  ValueType,
} from '@opentelemetry/api';
import type { LoginMessage, RequestDurationsMessage, Server, ServerMetrics } from '../node/index.js';
import { subscriber } from './scope.js';

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const TRANSPORTS = ['tcp', 'websocket'] as const;

/** Calls back with a value for each set of attributes. */
type Observe = (value: number, attributes?: Attributes) => void;

interface Definition {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** A gauge that may fall. Otherwise it is a counter. */
  readonly isGauge?: boolean;
  readonly valueType?: ValueType;
  observe(metrics: ServerMetrics, observe: Observe): void;
}

/**
 * The metrics that are read from `server.metrics()` when they are collected. A name has its unit at the end, so that each exporter makes the same
 * Prometheus name of it.
 */
const DEFINITIONS: readonly Definition[] = [
  {
    name: 'im.server.connections',
    unit: '{connection}',
    description: 'Open connections, by transport and state: authenticated or anonymous.',
    isGauge: true,
    observe({ connections: { open, authenticated } }, observe) {
      for (const transport of TRANSPORTS) {
        const attributes = { 'im.transport': transport };
        observe(authenticated[transport], { ...attributes, 'im.state': 'authenticated' });
        observe(open[transport] - authenticated[transport], { ...attributes, 'im.state': 'anonymous' });
      }
    },
  },
  {
    name: 'im.server.connections.versions',
    isGauge: true,
    unit: '{connection}',
    description: 'Open connections by the version of the protocol; older clients by the name of their profile.',
    observe({ connections }, observe) {
      for (const [version, count] of Object.entries(connections.versions)) observe(count, { 'im.version': version });
    },
  },
  {
    name: 'im.server.connections.opened',
    unit: '{connection}',
    description: 'Connections that were opened, by transport.',
    observe: ({ connections }, observe) => eachTransport((transport) => connections.opened[transport], observe),
  },
  {
    name: 'im.server.connections.closed',
    unit: '{connection}',
    description: 'Connections that have ended, by the code of the reason; OK = without an error.',
    observe: ({ connections }, observe) => eachCode(connections.closed, observe),
  },
  {
    name: 'im.server.connections.refused',
    unit: '{connection}',
    description: 'Clients that were refused before the protocol began, by code.',
    observe: ({ connections }, observe) => eachCode(connections.refused, observe),
  },
  {
    name: 'im.server.handshakes',
    unit: '{handshake}',
    description: 'Handshakes: by version with code OK, and those that failed by code.',
    observe({ handshakes }, observe) {
      for (const [version, count] of Object.entries(handshakes.agreed))
        observe(count, { 'im.code': 'OK', 'im.version': version });
      eachCode(handshakes.failed, observe);
    },
  },
  {
    name: 'im.server.logins',
    unit: '{login}',
    description: 'LOGINs by code: first ones of connections, and renewals of tokens.',
    observe({ logins }, observe) {
      eachCode(logins.first, observe, { 'im.login': 'first' });
      eachCode(logins.renewals, observe, { 'im.login': 'renewal' });
    },
  },
  {
    name: 'im.server.received.frames',
    unit: '{frame}',
    description: 'Frames received, by transport.',
    observe: ({ traffic }, observe) => eachTransport((transport) => traffic[transport].framesReceived, observe),
  },
  {
    name: 'im.server.received.bytes',
    unit: 'By',
    description: 'Bytes of frames received, by transport.',
    observe: ({ traffic }, observe) => eachTransport((transport) => traffic[transport].bytesReceived, observe),
  },
  {
    name: 'im.server.sent.frames',
    unit: '{frame}',
    description: 'Frames sent, by transport.',
    observe: ({ traffic }, observe) => eachTransport((transport) => traffic[transport].framesSent, observe),
  },
  {
    name: 'im.server.sent.bytes',
    unit: 'By',
    description: 'Bytes of frames sent, by transport.',
    observe: ({ traffic }, observe) => eachTransport((transport) => traffic[transport].bytesSent, observe),
  },
  {
    name: 'im.server.refused.frames',
    unit: '{frame}',
    description: 'Frames refused or dropped because of their content, by code.',
    observe: ({ refusedFrames }, observe) => eachCode(refusedFrames, observe),
  },
  {
    name: 'im.server.requests',
    unit: '{request}',
    description: 'Handled messages of clients, by command and code.',
    observe({ requests }, observe) {
      for (const [command, counts] of Object.entries(requests.handled)) eachCode(counts, observe, { 'im.command': command });
    },
  },
  {
    name: 'im.server.requests.active',
    unit: '{request}',
    description: 'Messages of clients that are being handled.',
    isGauge: true,
    observe: ({ requests }, observe) => observe(requests.active),
  },
  {
    name: 'im.server.handling.seconds',
    unit: 's',
    description: 'Time for which messages of clients were handled, by command.',
    valueType: ValueType.DOUBLE,
    observe({ requests }, observe) {
      for (const [command, { sumMs }] of Object.entries(requests.durations)) observe(sumMs / 1000, { 'im.command': command });
    },
  },
  {
    name: 'im.server.queue.bytes',
    unit: 'By',
    description: 'Bytes that wait to be written.',
    isGauge: true,
    observe: ({ queue }, observe) => observe(queue.bytes),
  },
  {
    name: 'im.server.queue.full',
    unit: '{connection}',
    description: 'How often a client was found to read too slowly.',
    observe: ({ queue }, observe) => observe(queue.full),
  },
  {
    name: 'im.server.dropped.chunks',
    unit: '{chunk}',
    description: 'Chunks of messages that were dropped because too much waited to be written.',
    observe: ({ queue }, observe) => observe(queue.droppedChunks),
  },
];

/** @param shared attributes of all metrics. @returns a function that ends it. */
export function observeMetrics(meter: Meter, server: Server, shared: Attributes): () => void {
  const endCounts = observeCounts(meter, server, shared);
  const endDurations = observeDurations(meter, server, shared);
  return () => {
    endCounts();
    endDurations();
  };
}

function observeCounts(meter: Meter, server: Server, shared: Attributes): () => void {
  const instruments = DEFINITIONS.map((definition) => create(meter, definition));
  const callback = (result: BatchObservableResult): void => {
    const metrics = server.metrics();
    for (const [i, { observe }] of DEFINITIONS.entries())
      observe(metrics, (value, attributes) => result.observe(instruments[i], value, { ...shared, ...attributes }));
  };
  meter.addBatchObservableCallback(callback, instruments);
  return () => meter.removeBatchObservableCallback(callback, instruments);
}

function create(meter: Meter, { name, unit, description, isGauge, valueType = ValueType.INT }: Definition): Observable {
  const options: MetricOptions = { unit, description, valueType };
  return isGauge ? meter.createObservableUpDownCounter(name, options) : meter.createObservableCounter(name, options);
}

/** The durations of requests have no attributes of the request: the SDK needs as much time for two attributes as for the record. */
function observeDurations(meter: Meter, server: Server, shared: Attributes): () => void {
  const options = { unit: 's', advice: { explicitBucketBoundaries: BOUNDS } };
  const requests = meter.createHistogram('im.server.request.duration.seconds', {
    ...options,
    description: 'Time from the call of a handler to the answer.',
  });
  const logins = meter.createHistogram('im.server.login.duration.seconds', {
    ...options,
    description: 'Time from LOGIN to its answer, by code.',
  });
  const endRequests = subscriber<RequestDurationsMessage>((message) => {
    if (message.server !== server) return;
    for (const ms of message.durationsMs) requests.record(ms / 1000, shared);
  });
  const endLogin = subscriber<LoginMessage>((message) => {
    if (message.server !== server) return;
    logins.record((message.durationMs ?? 0) / 1000, { ...shared, 'im.code': String(message.code) });
  });
  const channels = [
    [channel('im.protocol.server.request.durations'), endRequests],
    [tracingChannel('im.protocol.server.login').asyncEnd, endLogin],
  ] as const;
  for (const [channel, take] of channels) channel.subscribe(take);
  return () => {
    // Publishes those that wait.
    server.metrics();
    for (const [channel, take] of channels) channel.unsubscribe(take);
  };
}

function eachCode(counts: Readonly<Record<string, number>>, observe: Observe, attributes: Attributes = {}): void {
  for (const [code, count] of Object.entries(counts)) observe(count, { ...attributes, 'im.code': code });
}

function eachTransport(count: (transport: (typeof TRANSPORTS)[number]) => number, observe: Observe): void {
  for (const transport of TRANSPORTS) observe(count(transport), { 'im.transport': transport });
}
