// The demo over a queue with a fault: the first ReceiveInfo for server 2 is lost or comes twice. The demo has to notice.
import { readFile } from 'node:fs/promises';
import { EmbeddedQueue } from '../../examples/chat/queue/embedded-queue.js';
import { runDemo } from '../../examples/chat/run-demo.js';
import type { Conversation } from '../../examples/chat/story/conversation.js';

const TOPIC = 'im_message_private_2';

class FaultyQueue extends EmbeddedQueue {
  #copies = process.argv[2] === 'lose' ? 0 : 2;

  override publish(topic: string, frame: Uint8Array): void {
    const copies = topic === TOPIC ? this.#copies : 1;
    if (topic === TOPIC) this.#copies = 1;
    for (let copy = 0; copy < copies; copy++) super.publish(topic, frame);
  }
}

const file = new URL('../../examples/chat/conversation.json', import.meta.url);
const conversation = JSON.parse(await readFile(file, 'utf8')) as Conversation;
process.exitCode = (await runDemo(conversation, new FaultyQueue())) ? 0 : 1;
