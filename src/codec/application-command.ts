// Commands of applications: their payload in a google.protobuf.Any, packed and unpacked, and judged by the rules of its schema.
import { type CommandProperties, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { Any } from '../../generated/google/protobuf/any.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { type Issue, isProtocolError, ProtocolError } from '../errors.js';
import { invalidMessage } from '../validate.js';
import { packAny, unpackAny } from './any.js';

/** What a payload needs: any generated codec has it. */
export interface PayloadCodec<T, Init> {
  /** Full name of the message: `com.example.polls.v1.Poll`. */
  readonly typeName: string;
  encode(message: Init): Uint8Array;
  decode(bytes: Uint8Array): T;
  /** Everything that is wrong with a message; a codec without it judges nothing. */
  check?(value: unknown): Issue[];
}

/** What an application says of one of its commands. */
export interface ApplicationCommandOptions<T, Init, Reply, ReplyInit> {
  /** 1000 or more. */
  readonly number: number;
  /** Its name, for errors and for the Hello: `OPEN_POLL`. */
  readonly name: string;
  /** The codec of what it carries. Left out: it carries nothing. */
  readonly payload?: PayloadCodec<T, Init> | undefined;
  /** The codec of what its reply carries. Left out: the reply carries nothing. */
  readonly reply?: PayloadCodec<Reply, ReplyInit> | undefined;
  /** The kind of topic on RocketMQ. Default `system`. */
  readonly topic?: CommandProperties['topic'] | undefined;
}

/** Who sends requests: a `Client`. */
export interface Requester<Options> {
  request(cmd: number, data: Any | undefined, options?: Options): Promise<Any | undefined>;
}

/**
 * A command of an application with what it carries: made by `applicationCommand`, or generated. Where it carries nothing, the payload is
 * left out: `PING.request(client)`.
 */
export interface ApplicationCommand<T = undefined, Init = void, Reply = undefined, ReplyInit = void> {
  readonly number: number;
  readonly name: string;
  /** The kind of topic on RocketMQ: `receiveInfoMessage(serverId, receiveInfo, { kind: PING.topic })`. */
  readonly topic: CommandProperties['topic'];
  /**
   * A message with this command: for `client.send`, `connection.push` and `connection.request`.
   * @throws ProtocolError INVALID_MESSAGE for a payload that breaks a rule of its schema, with all issues.
   */
  message(payload: Init): SendInfoInit;
  /**
   * The payload of a message that came.
   * @throws ProtocolError INVALID_MESSAGE where it breaks a rule, is of another type, or is not there; MALFORMED_PAYLOAD for other bytes.
   */
  read(message: Pick<SendInfo, 'data'>): T;
  /**
   * The reply to a message that came: what `message` of a server and `onRequest` of a client return.
   * @throws ProtocolError INTERNAL for a payload that breaks a rule: it is not the fault of who asked. `cause` has all issues.
   */
  reply(payload: ReplyInit): SendInfoInit;
  /** What a reply carries; takes what `client.request` and `connection.request` resolve with. @throws ProtocolError as `read`. */
  readReply(reply: Pick<SendInfo, 'data'> | Any | undefined): Reply;
  /** Sends the command as a request of a client and resolves with what the reply carries. @throws ProtocolError as the others; what the peer answers. */
  request<Options>(client: Requester<Options>, payload: Init, options?: Options): Promise<Reply>;
}

/**
 * Ties a command of an application to its messages, so that what is sent and what came is of the right type and keeps the rules of its
 * schema: an Any alone is bytes to everything in between.
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

/** @param from what carries it, for errors. */
function unpack<T>(codec: PayloadCodec<T, never> | undefined, any: Any | undefined, from: string): T {
  // Without a codec T is undefined. What comes all the same is from a newer peer, and says nothing to this one.
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
