// Before anything is measured: every contender delivers what was sent, to whom it is for, and acknowledges it.
import { isDeepStrictEqual } from 'node:util';
import { content, GROUP, TERMINAL } from '../../world.mjs';
import { closeAll, openAll } from '../open-all.mjs';

const MEMBERS = 3;

export async function run(context) {
  const connections = await openAll(context, MEMBERS);
  const [alice, bob, carol] = connections;
  const sender = { userId: alice.user.idText, terminal: TERMINAL.name };
  const read = collector(context.Protocol, connections);

  const secret = content(1);
  alice.write(alice.protocol.privateMessage(bob.user, secret));
  const [[acknowledged], [delivered]] = await read([1, 1, 0]);
  const privately = { kind: 'private', sender, receiverId: bob.user.idText };
  expectSame(delivered, { ...privately, content: { ...secret, messageId: acknowledged.messageId } });

  const news = content(2);
  carol.write(carol.protocol.groupMessage(GROUP, news));
  const [[first], [second], ofCarol] = await read([1, 1, 2]);
  const result = ofCarol.find(({ kind }) => kind === 'result');
  const fromCarol = { userId: carol.user.idText, terminal: TERMINAL.name };
  const publicly = { kind: 'group', sender: fromCarol, groupId: GROUP.idText, content: { ...news, messageId: result.messageId } };
  for (const message of [first, second, ofCarol.find(({ kind }) => kind === 'group')]) expectSame(message, publicly);
  if (BigInt(result.messageId) <= BigInt(acknowledged.messageId)) throw new Error('ids of messages do not grow');
  closeAll(connections);
}

/** @returns a function that waits until each has received `count` messages, and returns them. */
function collector(Protocol, connections) {
  let inboxes = connections.map(() => []);
  let check = () => {};
  connections.forEach((connection, i) => {
    connection.onMessage = (_, bytes, start, end) => {
      inboxes[i].push(Protocol.read(Buffer.from(bytes.subarray(start, end))));
      check();
    };
  });
  return (counts) =>
    new Promise((resolve) => {
      check = () => {
        if (!counts.every((count, i) => inboxes[i].length >= count)) return;
        resolve(inboxes);
        inboxes = connections.map(() => []);
        check = () => {};
      };
      check();
    });
}

function expectSame(actual, expected) {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}
