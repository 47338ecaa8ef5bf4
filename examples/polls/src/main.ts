// Two users and a poll: requests and replies, a push, and a poll in a chat message.
import { Command, isProtocolError, packAny, unpackAny } from '@im/protocol';
import { toJSON } from '@im/protocol/json';
import { connect } from '@im/protocol/node';
import { APPLICATION_COMMANDS, LIST_POLLS, OPEN_POLL, POLL_CHANGED, VOTE } from './generated/commands.js';
import { Poll, PollCard } from './generated/models.js';
import { NO_SUCH_POLL } from './poll-store.js';
import { startServer } from './server.js';

const server = await startServer();
const url = `tcp://127.0.0.1:${server.port}`;
const login = (accessToken: string) => connect(url, { login: { accessToken }, commands: APPLICATION_COMMANDS, reconnect: false });
const alice = await login('1');
const bob = await login('2');

// Requests, with types from the schema for payload and reply.
const poll = await OPEN_POLL.request(alice, { question: 'Tea or coffee?', choices: ['tea', 'coffee'] });
console.log(`alice opened poll ${poll.pollId}: ${poll.question} ${poll.choices.join(', ')}`);

// A payload that violates a rule is not sent.
await OPEN_POLL.request(alice, { question: 'Tea?', choices: ['tea'] }).catch((error: unknown) => {
  if (isProtocolError(error, 'INVALID_MESSAGE'))
    console.log(`alice may not: ${error.issues?.[0]?.path} ${error.issues?.[0]?.message}`);
});

// A poll in a chat message. Clients that do not know the type show the fallback.
const card = packAny(PollCard, { pollId: poll.pollId, question: poll.question });
const content = { fallback: `Poll: ${poll.question}`, body: { $case: 'custom', value: card } } as const;
await alice.request(Command.PRIVATE_MESSAGE, { receiverId: 2n, content });

// Messages from the server.
for await (const message of bob) {
  if (message.data?.$case === 'privateMessage') {
    const body = message.data.value.content?.body;
    const unpacked = body?.$case === 'custom' ? unpackAny(body.value, [PollCard]) : undefined;
    if (unpacked === undefined) continue;
    console.log(`bob got a card of poll ${unpacked.message.pollId}, and votes`);
    const voted = await VOTE.request(bob, { pollId: unpacked.message.pollId, choices: ['tea'] });
    console.log(`bob's vote is counted: ${[...voted.votes].map(([choice, count]) => `${choice} ${count}`).join(', ')}`);
  } else if (message.cmd === POLL_CHANGED.number) {
    const changed = POLL_CHANGED.read(message);
    console.log(`poll ${changed.pollId} has changed: ${changed.votes.get('tea')} for tea`);
    break;
  }
}

// A request that the server refuses.
await VOTE.request(bob, { pollId: 99n, choices: ['tea'] }).catch((error: unknown) => {
  if (isProtocolError(error, NO_SUCH_POLL)) console.log(`bob may not: ${error.code}`);
});

const { polls } = await LIST_POLLS.request(alice);
const { openedAt, ...json } = toJSON(Poll, polls[0] ?? {}) as { openedAt: string };
console.log(`as JSON: ${JSON.stringify(json)}`, Math.abs(Date.parse(openedAt) - Date.now()) < 60_000);

await Promise.all([alice.close(), bob.close()]);
await server.close();
