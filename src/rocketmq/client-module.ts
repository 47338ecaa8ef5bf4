// Loads the official client, `rocketmq-client-nodejs`, on first use, and works around problems of version 1.0.8: see the comments that begin
// with "Workaround".
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { format } from 'node:util';
import type { BaseClient, Endpoints, MessageQueue, MessageView, TopicRouteData } from 'rocketmq-client-nodejs';
import { printError, run } from '../callbacks.js';
import { ProtocolError } from '../errors.js';

/** Options of the connection to RocketMQ. */
export interface ClientOptions {
  /** The gRPC endpoints of the proxy: `127.0.0.1:8081`, several are separated by `;`. */
  readonly endpoints: string;
  /** The namespace of the topics and groups. Default: none. */
  readonly namespace?: string | undefined;
  /** Whether to connect over TLS. Default false. */
  readonly sslEnabled?: boolean | undefined;
  /** The credentials of the access control of RocketMQ. Default: none. */
  readonly sessionCredentials?:
    | { readonly accessKey: string; readonly accessSecret: string; readonly securityToken?: string }
    | undefined;
  /** Timeout of a call in milliseconds: at least 1000. Default 5000. */
  readonly requestTimeoutMs?: number | undefined;
}

/** Receives the client's log messages, which it would write to `~/logs/rocketmq`. */
export type ClientLog = (level: 'info' | 'warn' | 'error', text: string) => void;

type Stream = ReturnType<BaseClient['createTelemetryStream']>;
type Duration = number;

/** The status of a response. */
export type Status = Parameters<ClientModule['client']['StatusChecker']['check']>[0];

/** Protected members of the client's classes. */
interface Internals {
  readonly topics: Set<string>;
  readonly rpcClientManager: {
    close(): void;
    forwardMessageToDeadLetterQueue(
      endpoints: Endpoints,
      request: object,
      timeoutMs: Duration,
    ): Promise<{ toObject(): { status?: Status } }>;
  };
  getRouteData(topic: string): Promise<TopicRouteData>;
  getTotalRouteEndpoints(): Endpoints[];
  wrapReceiveMessageRequest(batch: number, queue: MessageQueue, filter: object, invisibleMs: Duration, pollMs: Duration): object;
  ackMessage(view: MessageView): Promise<readonly { status?: Status }[]>;
  receiveMessage(request: object, queue: MessageQueue, pollMs: Duration): Promise<MessageView[]>;
}

export function internalsOf(client: BaseClient): Internals {
  return client as unknown as Internals;
}

/** The modules of the client that are used. */
export type ClientModule = Awaited<ReturnType<typeof importClient>>;

async function importClient() {
  await requireClient();
  const [client, logger, grpc, service, definition, balancer] = await Promise.all([
    import('rocketmq-client-nodejs'),
    import('rocketmq-client-nodejs/dist/client/Logger.js'),
    import('rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_grpc_pb.js'),
    import('rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js'),
    import('rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js'),
    import('rocketmq-client-nodejs/dist/consumer/SubscriptionLoadBalancer.js'),
  ]);
  return {
    client: exportsOf(client),
    logger: exportsOf(logger),
    grpc: exportsOf(grpc),
    service: exportsOf(service),
    definition: exportsOf(definition),
    balancer: exportsOf(balancer),
  };
}

/** Internals are used, so other minor versions do not work. */
const SUPPORTED_VERSIONS = /^1\.0\.(\d{2,}|[89])(?!\d)/;

/** @throws ProtocolError INTERNAL if it is not installed, or in another version. */
async function requireClient(): Promise<void> {
  let version = '';
  try {
    version = exportsOf(await import('rocketmq-client-nodejs/dist/client/UserAgent.js')).UserAgent.INSTANCE.version;
  } catch (cause) {
    if (!/MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw missing('it is not installed', cause);
  }
  if (!SUPPORTED_VERSIONS.test(version)) throw missing(`version ${version} is installed`);
}

function missing(what: string, cause?: unknown): ProtocolError {
  const text = `RocketMQBroker needs the package rocketmq-client-nodejs, version 1.0.8 or a later 1.0, and ${what}`;
  return new ProtocolError('INTERNAL', `${text}: npm install rocketmq-client-nodejs@~1.0.8`, { cause });
}

/** The exports of a CommonJS module: its default export; or the module itself if a bundler replaced `import()` by `require`. */
function exportsOf<T extends object>(module: { readonly default: T }): T {
  return module.default ?? module;
}

let loading: Promise<ClientModule> | undefined;

/** One per process: the client gets its logger from a global function. */
let log: ClientLog = () => {};

/** @throws ProtocolError INTERNAL, if the package is not installed or has another version. */
export function loadClient(): Promise<ClientModule> {
  loading ??= importClient().then(applyWorkarounds);
  return loading;
}

/** Sets the log of the client. */
export function redirectLog(to: ClientLog | undefined): void {
  if (to === undefined) return;
  // The client would treat an exception as its own error.
  log = (level, text) =>
    run(
      () => to(level, text),
      (error) => printError(error, { callback: 'log' }),
    );
}

/** The logger of the client. */
const clientLogger = {
  info: (...args: unknown[]) => log('info', format(...args)),
  warn: (...args: unknown[]) => log('warn', format(...args)),
  error: (...args: unknown[]) => log('error', format(...args)),
  debug() {},
  close() {},
};

/** Enough for the largest body with its properties. The default of grpc-js is 4 MiB. */
const MAX_GRPC_BYTES = 16 * 1024 * 1024;

function applyWorkarounds(module: ClientModule): ClientModule {
  // Workaround: it logs to the home folder, even if it has a logger.
  Object.assign(module.logger, { getDefaultLogger: () => clientLogger });
  // Workaround: bodies near 4 MiB can be sent but not received, and would be redelivered forever.
  const Original = module.grpc.MessagingServiceClient;
  class LargeMessageClient extends Original {
    constructor(...[address, credentials, options]: ConstructorParameters<typeof Original>) {
      super(address, credentials, { ...options, 'grpc.max_receive_message_length': MAX_GRPC_BYTES });
    }
  }
  Object.assign(module.grpc, { MessagingServiceClient: LargeMessageClient });
  return module;
}

/**
 * Applies workarounds to a client object.
 * @returns a function that ends it for good, in any state.
 */
export function applyClientWorkarounds(client: BaseClient): () => void {
  const streams = new Set<Stream>();
  let isEnded = false;
  const create = client.createTelemetryStream.bind(client);
  client.createTelemetryStream = (endpoints) => {
    // Workaround: a failed stream is opened again a second later, even after a shutdown.
    if (isEnded) return deadStream();
    const stream = create(endpoints);
    streams.add(stream);
    const removeAll = stream.removeAllListeners.bind(stream);
    stream.removeAllListeners = (...args) => {
      removeAll(...args);
      // Workaround: a stream that fails without listeners ends the process with an unhandled 'error' event.
      return stream.on('error', () => {});
    };
    return stream;
  };
  return () => {
    isEnded = true;
    for (const stream of streams) end(stream);
    // Workaround: shutdown() does not finish if the server is unreachable.
    internalsOf(client).rpcClientManager.close();
  };
}

function end(stream: Stream): void {
  stream.removeAllListeners();
  stream.cancel();
}

/** A stream that ignores everything. */
function deadStream(): Stream {
  return Object.assign(new EventEmitter(), { write: () => true, end: () => {}, cancel: () => {} }) as unknown as Stream;
}

/** The same bytes as a Buffer, which the client expects. */
export function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

const DEFAULT_REQUEST_TIMEOUT_MS = 5000;

/** The common options in the form of the official client. */
export function baseOptions({
  endpoints,
  namespace = '',
  sslEnabled = false,
  sessionCredentials,
  requestTimeoutMs,
}: ClientOptions) {
  return {
    endpoints,
    namespace,
    sslEnabled,
    ...(sessionCredentials === undefined ? {} : { sessionCredentials }),
    requestTimeout: requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
    logger: clientLogger,
  };
}
