// How much a transport is given before it has had a turn of the event loop to write, and afterwards.
import { describe, expect, it } from 'vitest';
import { encodeFrame, SendCode } from '../../src/index.js';
import { custom } from './messages.js';
import { World } from './world.js';

const QUEUE_BYTES = 65_536;
/** A quarter of the queue. */
const FRAME = encodeFrame('SendInfo', custom('x'.repeat(16_384 - 38)));

describe('a server with a queue of four frames, and a client that does not read', () => {
  async function stuck() {
    const world = new World({ maxQueuedBytes: QUEUE_BYTES });
    await world.connect();
    const [served] = world.served;
    const transport = world.lastEnd.peer;
    transport.isStuck = true;
    /** Pushes in one run, until the connection closes. Returns how many it took. */
    const push = (count: number): number => {
      let pushed = 0;
      while (pushed < count && served.pushFrame(FRAME) === SendCode.SUCCESS) pushed += 1;
      return pushed;
    };
    return { world, served, transport, push };
  }

  it('the frames of this test have the expected size', () => {
    expect(FRAME).toHaveLength(QUEUE_BYTES / 4);
  });

  it('in one turn, the transport accepts four queues, and one more waits', async () => {
    const { served, transport, push } = await stuck();
    expect(push(20)).toBe(20);
    expect([transport.bufferedBytes, served.bufferedBytes]).toEqual([4 * QUEUE_BYTES, 5 * QUEUE_BYTES]);
    expect(push(1)).toBe(0);
    expect(served.driver.session.closeError?.code).toBe('SLOW_CONSUMER');
  });

  it('after a turn in which it was full, it accepts no more', async () => {
    const { world, transport, push } = await stuck();
    expect(push(4)).toBe(4);
    expect(transport.bufferedBytes).toBe(QUEUE_BYTES);
    await world.settle();
    expect(push(5)).toBe(4);
  });

  it('a transport that has drained accepts the same amount again', async () => {
    const { world, served, transport, push } = await stuck();
    expect(push(20)).toBe(20);
    await world.settle();
    transport.isStuck = false;
    await world.settle();
    transport.owner.drained();
    await world.settle();
    transport.isStuck = true;
    expect(push(21)).toBe(20);
    expect(served.state).toBe('closed');
  });
});
