import type { MessageChunk } from '../../generated/im/protocol/v1/message_chunk.js';
import type { StreamContent } from '../../generated/im/protocol/v1/stream_content.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import type { StreamWriter } from './stream-writer.js';

/** A piece of the text of a lane. */
export interface StreamPiece {
  readonly text: string;
  readonly lane?: string | undefined;
}

/** A clock and a timer. */
export interface StreamClock {
  /** A monotonic clock in milliseconds, as `performance.now()`. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds. */
  wait(ms: number): Promise<unknown>;
}

/**
 * Writes a text source through a writer, until the source ends or a client stops the message. Text that has waited for the interval of the writer
 * is sent even if the source is slow.
 * @param send called with each chunk, in order.
 * @returns the body of the finished message, to store and to push again.
 * @throws the error of the source, of `send`, or of the writer, after the message has ended as FAILED and its last chunk was sent.
 */
export async function writeStream(
  source: AsyncIterable<string | StreamPiece>,
  writer: StreamWriter,
  send: (chunk: MessageChunk) => void,
  clock: StreamClock,
): Promise<StreamContent> {
  const iterator = source[Symbol.asyncIterator]();
  const sendDue = (): void => {
    for (const chunk of writer.take(clock.nowMs())) send(chunk);
  };
  try {
    for (let next = iterator.next(); writer.state === StreamState.OPEN; ) {
      const dueMs = writer.nextDeadlineMs - clock.nowMs();
      const due = dueMs === Number.POSITIVE_INFINITY ? [] : [clock.wait(Math.max(0, dueMs)).then(() => undefined)];
      const result = await Promise.race([next, writer.ended.then(() => undefined), ...due]);
      if (result?.done) break;
      if (result !== undefined) {
        const { text, lane } = typeof result.value === 'string' ? { text: result.value, lane: '' } : result.value;
        writer.write(text, lane);
        next = iterator.next();
        // A source that is stopped is not awaited any more.
        next.catch(() => {});
      }
      sendDue();
    }
    writer.end();
    sendDue();
  } catch (error) {
    writer.end(StreamState.FAILED);
    sendDue();
    throw error;
  } finally {
    // Not awaited: a source that never settles must not keep the message from its end.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
  return writer.content();
}
