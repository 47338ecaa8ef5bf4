/** A message as RocketMQ takes it: what `toRocketMQ` makes, and any client sends. */
export interface RocketMQMessage {
  readonly topic: string;
  /** By which a broker filters; empty = none. */
  readonly tag: string;
  /** By which an operator finds it. */
  readonly keys: readonly string[];
  /** Within which it stays in order, on a FIFO topic; empty = none. */
  readonly messageGroup: string;
  /** When it is to be delivered, on a DELAY topic: Unix time in milliseconds; 0 = at once. */
  readonly deliverAtMs: bigint;
  /** What filters (SQL92) and operators read: the application's own, and those that begin with `im_`. */
  readonly properties: ReadonlyMap<string, string>;
  /** A whole frame of type 8 or 9, or raw bytes. */
  readonly body: Uint8Array;
}

/**
 * A message as RocketMQ gives it, as far as `fromRocketMQ` reads it: a RocketMQMessage, or the MessageView of the official client for
 * Node, which has undefined for what is not set.
 */
export interface RocketMQView {
  readonly topic: string;
  readonly body: Uint8Array;
  readonly tag?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly messageGroup?: string | undefined;
  readonly properties?: ReadonlyMap<string, string> | undefined;
  readonly deliverAtMs?: bigint | undefined;
  readonly deliveryTimestamp?: Date | undefined;
}

/**
 * The properties that this protocol sets, beside the application's own. Underscores, because SQL92 filters have no hyphen in a name.
 */
export const IM_PROPERTIES = {
  /** The type byte of the frame: `8` or `9`; absent where the body is raw. */
  type: 'im_type',
  /** The version byte of the frame. */
  version: 'im_version',
  /** Name of the command; of 1000 and up the decimal number. */
  command: 'im_command',
  /** trace_id, where there is one. */
  trace: 'im_trace',
  /** service_name; in a result that of the request, so that the service that asked finds its results. */
  service: 'im_service',
} as const;
