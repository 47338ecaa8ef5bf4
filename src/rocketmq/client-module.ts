// The one place that knows the official client, `rocketmq-client-nodejs`. It is imported when it is first needed, and its traps are closed
// here (version 1.0.8; each is told where it is closed).
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { format } from 'node:util';
import type { BaseClient, Endpoints, MessageQueue, MessageView, TopicRouteData } from 'rocketmq-client-nodejs';
import { printError, run } from '../callbacks.js';
import { ProtocolError } from '../errors.js';

/** What the client has to say, redirected: by itself it writes to `~/logs/rocketmq`. */
export type ClientLog = (level: 'info' | 'warn' | 'error', text: string) => void;

type Stream = ReturnType<BaseClient['createTelemetryStream']>;
type Duration = number;

/** What the server says of a call. */
export type Status = Parameters<ClientModule['client']['StatusChecker']['check']>[0];

/** What the client's classes have for their subclasses. */
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

/** Its internals are used, so another minor version would not do. */
const WANTED = /^1\.0\.(\d{2,}|[89])(?!\d)/;

/** @throws ProtocolError INTERNAL where it is not installed, or in another version. */
async function requireClient(): Promise<void> {
  let version = '';
  try {
    version = exportsOf(await import('rocketmq-client-nodejs/dist/client/UserAgent.js')).UserAgent.INSTANCE.version;
  } catch (cause) {
    if (!/MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw missing('it is not installed', cause);
  }
  if (!WANTED.test(version)) throw missing(`version ${version} is installed`);
}

function missing(what: string, cause?: unknown): ProtocolError {
  const text = `RocketMQBroker needs the package rocketmq-client-nodejs, version 1.0.8 or a later 1.0, and ${what}`;
  return new ProtocolError('INTERNAL', `${text}: npm install rocketmq-client-nodejs@~1.0.8`, { cause });
}

/** What a CommonJS module exports: by `import` it is the default; where `import()` was made a `require`, it may be the module itself. */
function exportsOf<T extends object>(module: { readonly default: T }): T {
  return module.default ?? module;
}

let loading: Promise<ClientModule> | undefined;

/** Where the client's texts go. One for the process: the client asks for a logger by a global function. */
let log: ClientLog = () => {};

/** @throws ProtocolError INTERNAL, if the package is not installed or has another version. */
export function loadClient(): Promise<ClientModule> {
  loading ??= importClient().then(closeTraps);
  return loading;
}

/** Says where the client's texts go from now on. */
export function redirectLog(to: ClientLog | undefined): void {
  if (to === undefined) return;
  // The client would take what it throws for an error of its own.
  log = (level, text) =>
    run(
      () => to(level, text),
      (error) => printError(error, { callback: 'log' }),
    );
}

/** The logger that the client is given, and finds everywhere else. */
const clientLogger = {
  info: (...args: unknown[]) => log('info', format(...args)),
  warn: (...args: unknown[]) => log('warn', format(...args)),
  error: (...args: unknown[]) => log('error', format(...args)),
  debug() {},
  close() {},
};

/** The largest body, its properties, and to spare: grpc-js refuses messages of over 4 MiB, where nothing else is said. */
const MAX_GRPC_BYTES = 16 * 1024 * 1024;

function closeTraps(module: ClientModule): ClientModule {
  // Trap: it logs to the home folder, whatever logger it is given.
  Object.assign(module.logger, { getDefaultLogger: () => clientLogger });
  // Trap: "bodies near 4 MiB can be sent but not received": such a message would be received again and again, and nothing behind it.
  const Plain = module.grpc.MessagingServiceClient;
  class Roomy extends Plain {
    constructor(...[address, credentials, options]: ConstructorParameters<typeof Plain>) {
      super(address, credentials, { ...options, 'grpc.max_receive_message_length': MAX_GRPC_BYTES });
    }
  }
  Object.assign(module.grpc, { MessagingServiceClient: Roomy });
  return module;
}

/**
 * Closes the traps of one client object.
 * @returns what ends it for good, whatever state it is in.
 */
export function guard(client: BaseClient): () => void {
  const streams = new Set<Stream>();
  let isEnded = false;
  const create = client.createTelemetryStream.bind(client);
  client.createTelemetryStream = (endpoints) => {
    // Trap: a stream that failed is opened again a second later, even if the client is shut down by then.
    if (isEnded) return deadStream();
    const stream = create(endpoints);
    streams.add(stream);
    const removeAll = stream.removeAllListeners.bind(stream);
    stream.removeAllListeners = (...args) => {
      removeAll(...args);
      // Trap: with its listeners removed, a stream that fails ends the process by an 'error' that nobody hears.
      return stream.on('error', () => {});
    };
    return stream;
  };
  return () => {
    isEnded = true;
    for (const stream of streams) end(stream);
    // Trap: shutdown() stops half way if the server is away.
    internalsOf(client).rpcClientManager.close();
  };
}

function end(stream: Stream): void {
  stream.removeAllListeners();
  stream.cancel();
}

/** Takes everything, and does nothing. */
function deadStream(): Stream {
  return Object.assign(new EventEmitter(), { write: () => true, end: () => {}, cancel: () => {} }) as unknown as Stream;
}

/** The same bytes as the client wants them. */
export function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** How to reach RocketMQ. */
export interface ClientOptions {
  /** The gRPC endpoints of the proxy: `127.0.0.1:8081`, several with `;` between them. */
  readonly endpoints: string;
  /** Default: none. */
  readonly namespace?: string | undefined;
  /** TLS. Default false. */
  readonly sslEnabled?: boolean | undefined;
  /** Default: none. */
  readonly sessionCredentials?:
    | { readonly accessKey: string; readonly accessSecret: string; readonly securityToken?: string }
    | undefined;
  /** Milliseconds that one call may take: 1000 or more. Default 5000. */
  readonly requestTimeoutMs?: number | undefined;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 5000;

/** The options that all clients of a broker share, as the official client names them. */
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
