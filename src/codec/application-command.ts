// Commands of applications: packs and unpacks their payload in a google.protobuf.Any, and checks it against the rules of its schema.
import { type CommandProperties, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { Any } from '../../generated/google/protobuf/any.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { type Issue, isProtocolError, ProtocolError } from '../errors.js';
import { invalidMessage } from '../validate.js';
import { packAny, unpackAny } from './any.js';

/** The codec of a payload, such as any generated codec. */
export interface PayloadCodec<T, Init> {
  /** Full name of the message: `com.example.polls.v1.Poll`. */
  readonly typeName: string;
  /** Encodes a payload. */
  encode(message: Init): Uint8Array;
  /** Decodes a payload. */
  decode(bytes: Uint8Array): T;
  /** Returns all issues of a message. Without it, payloads are not checked. */
  check?(value: unknown): Issue[];
}

/** Options of `applicationCommand`. */
export interface ApplicationCommandOptions<T, Init, Reply, ReplyInit> {
  /** Number of the command, 1000 or more. */
  readonly number: number;
  /** Name for errors and for the Hello: `OPEN_POLL`. */
  readonly name: string;
  /** Codec of the payload. Default: the command has no payload. */
  readonly payload?: PayloadCodec<T, Init> | undefined;
  /** Codec of the payload of the reply. Default: the reply has no payload. */
  readonly reply?: PayloadCodec<Reply, ReplyInit> | undefined;
  /** The kind of topic on RocketMQ. Default `system`. */
  readonly topic?: CommandProperties['topic'] | undefined;
}

/** Sends requests: a `Client`. */
export interface Requester<Options> {
  /** Sends a request and resolves with the data of its reply. */
  request(cmd: number, data: Any | undefined, options?: Options): Promise<Any | undefined>;
}

/**
 * A command of an application, with the types of its payload and reply: generated, or created by `applicationCommand`. Without a payload,
 * the argument is omitted: `PING.request(client)`.
 */
export interface ApplicationCommand<T = undefined, Init = void, Reply = undefined, ReplyInit = void> {
  /** Number of the command, 1000 or more. */
  readonly number: number;
  /** Name of the command: `OPEN_POLL`. */
  readonly name: string;
  /** The kind of topic on RocketMQ: `receiveInfoMessage(serverId, receiveInfo, { kind: PING.topic })`. */
  readonly topic: CommandProperties['topic'];
  /**
   * Creates a message with this command, for `client.send`, `connection.push` and `connection.request`.
   * @throws ProtocolError INVALID_MESSAGE, with all issues, for a payload that violates a rule of its schema.
   */
  message(payload: Init): SendInfoInit;
  /**
   * Reads the payload of a received message.
   * @throws ProtocolError INVALID_MESSAGE if the payload violates a rule, is of another type or is missing; MALFORMED_PAYLOAD if it cannot be decoded.
   */
  read(message: Pick<SendInfo, 'data'>): T;
  /**
   * Creates the reply to a received message, which `message` of a server and `onRequest` of a client return.
   * @throws ProtocolError INTERNAL for a payload that violates a rule, because that is no error of the requester. `cause` has all issues.
   */
  reply(payload: ReplyInit): SendInfoInit;
  /** Reads the payload of a reply, as `client.request` and `connection.request` resolve with it. @throws ProtocolError like `read`. */
  readReply(reply: Pick<SendInfo, 'data'> | Any | undefined): Reply;
  /** Sends the command as a request and resolves with the payload of the reply. @throws ProtocolError like the other functions, or the error of the peer. */
  request<Options>(client: Requester<Options>, payload: Init, options?: Options): Promise<Reply>;
}

/**
 * Creates a command of an application, whose payloads have the right type and are checked against the rules of their schema when they are sent
 * and received. Frames do not check them: to them, an Any is bytes.
 * @throws RangeError for a number below 1000.
 */
export function applicationCommand<T = undefined, Init = void, Reply = undefined, ReplyInit = void>(
  options: ApplicationCommandOptions<T, Init, Reply, ReplyInit>,
): ApplicationCommand<T, Init, Reply, ReplyInit> {
  const { number, name, topic = 'system' } = options;
  if (!(number >= FIRST_APPLICATION_COMMAND))
    throw new RangeError(`${name}: commands of applications are ${FIRST_APPLICATION_COMMAND} and up, got ${number}`);
  const message = (any: Any | undefined): SendInfoInit =>
    any === undefined ? { cmd: number } : { cmd: number, data: { $case: 'custom', value: any } };
  return {
    number,
    name,
    topic,
    message: (payload) => message(pack(options.payload, payload)),
    read: ({ data }) => unpack(options.payload, data?.$case === 'custom' ? data.value : undefined, name),
    reply: (payload) => message(packReply(options, payload)),
    readReply: (reply) => unpack(options.reply, anyOf(reply), `the reply to ${name}`),
    async request(client, payload, requestOptions) {
      const reply = await client.request(number, pack(options.payload, payload), requestOptions);
      return unpack(options.reply, reply, `the reply to ${name}`);
    },
  };
}

function pack<Init>(codec: PayloadCodec<unknown, Init> | undefined, payload: Init): Any | undefined {
  if (codec === undefined) return undefined;
  requireValid(codec, payload);
  return packAny(codec, payload as NoInfer<Init>);
}

function packReply<Reply>(
  { name, reply }: Pick<ApplicationCommandOptions<never, never, unknown, Reply>, 'name' | 'reply'>,
  payload: Reply,
) {
  try {
    return pack(reply, payload);
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    throw new ProtocolError('INTERNAL', `the reply to ${name} breaks the rules of its schema`, { cause: error });
  }
}

/** @param from the message with the payload, for errors. */
function unpack<T>(codec: PayloadCodec<T, never> | undefined, any: Any | undefined, from: string): T {
  // Without a codec, T is undefined. A payload that is received nevertheless is from a newer peer, and ignored.
  if (codec === undefined) return undefined as T;
  if (any === undefined) throw wrongPayload(from, codec.typeName, 'nothing');
  const unpacked = unpackAny(any, [codec]);
  if (unpacked === undefined) throw wrongPayload(from, codec.typeName, 'another type');
  const message = unpacked.message as T;
  requireValid(codec, message);
  return message;
}

function requireValid(codec: PayloadCodec<unknown, never>, message: unknown): void {
  const issues = codec.check?.(message) ?? [];
  if (issues.length > 0) throw invalidMessage(issues, codec.typeName);
}

function wrongPayload(from: string, typeName: string, got: string): ProtocolError {
  const message = `${from} carries ${typeName}, got ${got}`;
  return new ProtocolError('INVALID_MESSAGE', message, { path: 'custom', issues: [{ path: 'custom', rule: 'type', message }] });
}

function anyOf(reply: Pick<SendInfo, 'data'> | Any | undefined): Any | undefined {
  if (reply === undefined || 'typeUrl' in reply) return reply;
  return reply.data?.$case === 'custom' ? reply.data.value : undefined;
}
