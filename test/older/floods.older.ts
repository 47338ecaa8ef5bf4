// What version 2 adds, many times in front of the older release: no connection closes, and no side counts it as a fault of the other.
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import { ERRORS, ProtocolError } from '../../src/errors.js';
import { type PrivateMessage, SendCode, type SendInfo, type SendInfoInit } from '../../src/index.js';
import { SharedFrame } from '../../src/session/index.js';
import { ASK, ask, custom, taken, textOf } from '../connection/messages.js';
import { ALICE, TOKEN } from '../node/host.js';
import { PROTOCOLS, pair } from './pair.js';
import { NEW, OLD } from './releases.js';
import { BODY_SAMPLES, COMMAND_SAMPLES } from './samples.js';

/** Ten times the refusals that close a connection. */
const COUNT = 1000;
const PRIVATE_MESSAGE = 4;
const NEW_SERVER = { client: OLD, server: NEW };
const OLD_SERVER = { client: NEW, server: OLD };

/** Every command and every body of version 2, the bodies with a fallback, `COUNT` in all. */
const MESSAGES: readonly SendInfoInit[] = Array.from({ length: COUNT }, (_, i) => {
  const samples = [...COMMAND_SAMPLES, ...BODY_SAMPLES];
  const sample = samples[i % samples.length];
  if (!Array.isArray(sample)) return sample as SendInfo;
  const message = sample[1] as PrivateMessage;
  const content = { ...message.content, messageId: BigInt(i + 1), fallback: `fallback ${i}` } as never;
  return { cmd: PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { ...message, content } } };
});

describe.each(PROTOCOLS)('over %s', (protocol) => {
  it('a client of the older release gets a thousand messages of version 2 in one turn', async () => {
    const { connection, client, next, isOpen, notices } = await pair(NEW_SERVER, protocol);
    const codes = MESSAGES.map((message) => SharedFrame.of(message).pushTo(connection));
    const pushed = codes.filter((code) => code === SendCode.SUCCESS).length;
    expect(new Set(codes)).toEqual(new Set([SendCode.SUCCESS, SendCode.UNSUPPORTED_VERSION]));
    for (let i = 0; i < pushed; i++) expect((await next()).cmd).toBe(PRIVATE_MESSAGE);
    await isOpen();
    expect(textOf(await client.request(ASK, ask('a')))).toBe('re a');
    expect(notices).toEqual([]);
  });

  it('a client of this release tries a thousand on a server of the older one', async () => {
    const { client, received, isOpen, notices } = await pair(OLD_SERVER, protocol, {
      message(message) {
        received.push(message);
        return taken(message);
      },
    });
    const outcomes = await Promise.all(
      MESSAGES.map((message) => {
        const { cmd = 0, data } = message;
        const value = cmd === PRIVATE_MESSAGE ? { ...(data!.value as PrivateMessage), sender: ALICE } : data?.value;
        return client.request(cmd as never, value as never).then(
          ({ code }: { code: SendCode }) => code,
          ({ code }: ProtocolError) => code,
        );
      }),
    );
    const sent = MESSAGES.filter(({ cmd }) => cmd === PRIVATE_MESSAGE).length;
    expect(outcomes.filter((code) => code === SendCode.SUCCESS).length).toBe(sent);
    expect(new Set(outcomes)).toEqual(new Set([SendCode.SUCCESS, 'LOSSY_DOWNGRADE', 'PERMISSION_DENIED']));
    await isOpen();
    expect([received.length, notices]).toEqual([sent, []]);
  });
});

it('a client of the older release is refused a thousand times with error codes of version 2', async () => {
  const codes = Object.entries(ERRORS).filter(
    ([, { number, closes }]) => ErrorCodeTable.older?.[number] !== undefined && !closes,
  );
  let count = 0;
  const { client, isOpen } = await pair(NEW_SERVER, 'tcp', {
    message() {
      throw new ProtocolError(codes[count++ % codes.length][0] as 'MUTED', 'refused', { userMessage: 'No.', untilMs: 5n });
    },
  });
  const refused = await Promise.all(
    Array.from({ length: COUNT }, () => client.request(ASK, ask('a')).catch(({ code }: ProtocolError) => code)),
  );
  expect(new Set(refused)).toEqual(new Set(['PERMISSION_DENIED', 'RATE_LIMITED']));
  await isOpen();
});

it('a client of the older release moves from a server that drains to the next, and resumes its requests', async () => {
  const requests: string[] = [];
  const connections: unknown[] = [];
  const start = (port: number, isAnswering: boolean) =>
    NEW.node.listen({
      host: '127.0.0.1',
      port,
      login: () => ALICE,
      message(message) {
        requests.push(textOf(message));
        return isAnswering ? custom(`re ${textOf(message)}`) : new Promise<undefined>(() => {});
      },
      onLogin(connection) {
        connections.push(connection);
        for (const message of MESSAGES) SharedFrame.of(message).pushTo(connection);
      },
      onNotice: (_connection, error) => {
        throw error;
      },
    });
  const first = await start(0, false);
  onTestFinished(() => first.close());
  const client = await OLD.node.connect(`tcp://127.0.0.1:${first.port}`, {
    login: TOKEN,
    resume: true,
    reconnect: { baseMs: 10, maxMs: 50 },
  });
  onTestFinished(async () => void (await client.close()));
  const ids = new Set<bigint>();
  let count = 0;
  const reading = (async () => {
    for await (const { data } of client) {
      ids.add((data!.value as PrivateMessage).content!.messageId);
      count++;
    }
  })();
  const answer = client.request(ASK, ask('a'));
  await expect.poll(() => requests).toEqual(['a']);
  const [connection] = first.connections.all();
  // In the middle of a drain too.
  const drained = first.drain({ graceMs: 200 });
  for (const message of MESSAGES) SharedFrame.of(message).pushTo(connection);
  await drained;
  const second = await start(first.port, true);
  onTestFinished(() => second.close());
  expect(textOf(await answer)).toBe('re a');
  expect([requests, connections.length]).toEqual([['a', 'a'], 2]);
  const expected = MESSAGES.filter(
    (message) => SharedFrame.of(message).pushTo({ version: 1, pushFrame: () => SendCode.SUCCESS }) === SendCode.SUCCESS,
  );
  await expect.poll(() => ids.size, { timeout: 20_000 }).toBe(expected.length);
  await client.close();
  await reading;
  // What arrived again has the same ids, and is delivered once.
  expect(count).toBe(expected.length);
});

it('every command of version 2 is among the messages', () => {
  const sent = new Set(MESSAGES.map(({ cmd }) => cmd));
  expect(
    Object.entries(COMMANDS).filter(([cmd, { since, data }]) => since > 1 && data.length > 0 && !sent.has(Number(cmd))),
  ).toEqual([]);
});
