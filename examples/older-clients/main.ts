// `npm run demo:older-clients`: an older client and one of this protocol chat. Exit code 0 if each has seen what it should.

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Command, ReadPosition, Terminal } from '@im/protocol';
import { privateRef } from '@im/protocol/conversation';
import { connect } from '@im/protocol/node';
import { ClientSync } from '@im/protocol/sync';
import { OldClient, Status, Type } from './client/old-client.js';
import { startSystem } from './start-system.js';

const [ALICE, BOB] = [1, 2];
const APP = 1;
const TIMEOUT_MS = 10_000;

const system = await startSystem({
  people: {
    users: new Map([
      [BigInt(ALICE), 'alice'],
      [BigInt(BOB), 'bob'],
    ]),
    groups: new Map(),
    rooms: new Set(),
  },
  // A real platform would compare with a hash.
  checkPassword: async (userName, password) => (userName === 'alice' && password === 'secret' ? BigInt(ALICE) : undefined),
});
try {
  await chat(await system.startServer(1));
  console.log('All is well.');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await system.close();
}

async function chat(port: number): Promise<void> {
  const alice = await OldClient.start({ port, userId: ALICE, userName: 'alice', password: 'secret', terminal: APP });
  console.log('alice has logged in by HTTP and WebSocket: JSON of the older system');
  const shown: string[] = [];
  const sync = new ClientSync({
    onChange: (changes) => {
      for (const change of changes) {
        if (change.type === 'message') shown.push(textOf(change.message.content.body));
        if (change.type === 'changed' && change.by === 'recall') shown[Number(change.message.seq) - 1] = 'recalled';
      }
    },
  });
  const reader = { userId: BigInt(BOB), terminal: Terminal.WEB };
  const bob = await connect(`ws://127.0.0.1:${port}`, { login: { accessToken: await system.chat.tokens.issue(reader) }, sync });
  console.log('bob has logged in by WebSocket: frames of this protocol');
  const say = (text: string) =>
    bob.request(Command.PRIVATE_MESSAGE, { receiverId: BigInt(ALICE), content: { body: { $case: 'text', value: { text } } } });
  const messages = () => alice.chats.withFriend(BOB).messages;

  await alice.say(BOB, '周末去爬山吗？');
  await until('bob sees what alice writes', () => isDeepStrictEqual(shown, ['周末去爬山吗？']));
  await say('好呀！几点出发？');
  await until('alice sees what bob writes', () => messages().at(-1)?.content === '好呀！几点出发？');
  const map = {
    originUrl: 'https://example.com/map.png',
    thumbUrl: 'https://example.com/map-small.png',
    width: 640,
    height: 480,
  };
  const picture = await alice.say(BOB, JSON.stringify(map), Type.IMAGE);
  await until('bob sees the picture of alice', () => shown.at(-1) === map.originUrl);
  await bob.request(Command.READ, ReadPosition.create({ conversation: privateRef(1n, 2n), reader, upToSeq: 3n }));
  await until('alice sees that bob has read it', () => messages().at(-1)?.status === Status.READ);
  await alice.recall('private', picture.id!);
  await until('alice recalls it, and bob no longer sees it', () => shown.at(2) === 'recalled');
  await alice.disconnect();
  await say('七点，地铁站见');
  await alice.connect();
  await until('alice was offline, and pulls what bob wrote', () => messages().at(-1)?.content === '七点，地铁站见');
  await Promise.all([alice.disconnect(), bob.close()]);
}

function textOf(body: { $case: string; value: object } | undefined): string {
  if (body?.$case === 'text') return (body.value as { text: string }).text;
  return body?.$case === 'image' ? (body.value as { url: string }).url : String(body?.$case);
}

/** Waits until something holds, and prints it. @throws Error if it does not. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; !holds(); await sleep(10))
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
  console.log(what);
}
