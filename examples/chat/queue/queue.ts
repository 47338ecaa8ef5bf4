/**
 * What the IM servers and the platform need of a message queue. The frames cross it as bytes, so that anything that carries bytes will do:
 * RocketMQ in production, a list in memory here.
 */
export interface Queue {
  /** @param frame one whole frame: a ReceiveInfo (type 8) or a SendResult (type 9). It is copied. */
  publish(topic: string, frame: Uint8Array): void;
  /** The one consumer of a topic. It gets one frame after the other, in the order of `publish`. */
  subscribe(topic: string, consume: (frame: Uint8Array) => void | Promise<void>): void;
  /** Delivers what was published, then ends. Rejects with the first error that a consumer threw. */
  close(): Promise<void>;
}
