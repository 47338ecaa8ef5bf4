// The demo over a broker with a fault: the first ReceiveInfo for server 2 is lost, or comes twice.
import { readFile } from 'node:fs/promises';
import { EmbeddedBroker } from '@im/protocol/rocketmq';
import { runDemo } from '../../examples/chat/run-demo.js';
import type { Conversation } from '../../examples/chat/story/conversation.js';

const TOPIC = 'im_message_private_2';

class FaultyBroker extends EmbeddedBroker {
  #copies = process.argv[2] === 'lose' ? 0 : 2;

  override async publish(...[message, options]: Parameters<EmbeddedBroker['publish']>): ReturnType<EmbeddedBroker['publish']> {
    const copies = message.topic === TOPIC ? this.#copies : 1;
    if (message.topic === TOPIC) this.#copies = 1;
    for (let copy = 1; copy < copies; copy++) await super.publish(message, options);
    return copies === 0 ? { messageId: 'lost' } : super.publish(message, options);
  }
}

const file = new URL('../../examples/chat/conversation.json', import.meta.url);
const conversation = JSON.parse(await readFile(file, 'utf8')) as Conversation;
process.exitCode = (await runDemo(conversation, new FaultyBroker())) ? 0 : 1;
