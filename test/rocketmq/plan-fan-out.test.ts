import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { checkSendResult } from '../../generated/im/protocol/v1/send_result.codec.js';
import { type GroupMessageInit, type PrivateMessageInit, SendCode, Terminal } from '../../src/index.js';
import { MemoryRoutes } from '../../src/rocketmq/memory-routes.js';
import { type FanOut, planFanOut } from '../../src/rocketmq/plan-fan-out.js';
import { SEED } from '../seed.js';
import { routesOf } from './routes-of.js';

const { WEB, APP, PC } = Terminal;
const sender = { userId: 1n, terminal: WEB };
const content = { messageId: 501n, body: { $case: 'text', value: { text: 'hi' } } } as const;
const toTwo: PrivateMessageInit = { sender, receiverId: 2n, content };
const toGroup = (...receiverIds: bigint[]): GroupMessageInit => ({ sender, groupId: 7n, receiverIds, content });

function routes(...entries: [bigint, number, string][]): MemoryRoutes {
  const table = new MemoryRoutes();
  for (const [userId, terminal, serverId] of entries) void table.set(userId, terminal, serverId);
  return table;
}

/** `A skipResult web:1,2`, for each ReceiveInfo. */
function summaries({ receiveInfos }: FanOut): string[] {
  return receiveInfos.map(({ serverId, receiveInfo: { receivers = [], skipResult } }) => {
    const lists = receivers.map(({ terminal = 0, userIds = [] }) => `${['', 'web', 'app', 'pc'][terminal]}:${userIds.join(',')}`);
    return [serverId, ...(skipResult ? ['skipResult'] : []), ...lists].join(' ');
  });
}

async function messageOf(rejected: Promise<unknown>): Promise<string> {
  return rejected.then(
    () => 'resolved',
    (error: Error) => error.message,
  );
}

describe('a private message', () => {
  it("goes to each server of its receiver, and a copy to the sender's other terminals, for which no result is asked", async () => {
    const table = routes([2n, WEB, 'A'], [2n, APP, 'A'], [2n, PC, 'B'], [1n, WEB, 'A'], [1n, APP, 'A'], [1n, PC, 'B']);
    const plan = await planFanOut(toTwo, table, { serviceName: 'chat', traceId: 't' });
    expect(summaries(plan)).toEqual(['A web:2 app:2', 'B pc:2', 'A skipResult app:1', 'B skipResult pc:1']);
    expect(plan.results).toEqual([]);
    for (const { receiveInfo } of plan.receiveInfos) {
      expect(checkReceiveInfo(receiveInfo)).toBeUndefined();
      expect(receiveInfo).toMatchObject({ cmd: 4, sender, serviceName: 'chat', traceId: 't' });
    }
  });

  it('is in delivery form', async () => {
    const message = { ...toTwo, receiverTerminals: [APP], skipSelf: true, skipResult: true };
    const [{ receiveInfo }] = (await planFanOut(message, routes([2n, APP, 'A']))).receiveInfos;
    expect(receiveInfo.data).toEqual({
      $case: 'privateMessage',
      value: { ...toTwo, receiverTerminals: [], skipSelf: false, skipResult: false },
    });
    expect(receiveInfo.skipResult).toBe(true);
    expect(message.receiverTerminals).toEqual([APP]);
  });

  it('has one result if the receiver is online nowhere', async () => {
    const { receiveInfos, results } = await planFanOut(toTwo, routes([1n, APP, 'A']), { traceId: 't' });
    expect(receiveInfos.map(({ receiveInfo }) => receiveInfo.receivers)).toEqual([[{ terminal: APP, userIds: [1n] }]]);
    const receivers = [WEB, APP, PC].map((terminal) => ({ terminal, userIds: [2n] }));
    expect(results).toEqual([{ sender, receivers, code: SendCode.NOT_ONLINE, cmd: 4, messageId: 501n, traceId: 't' }]);
    expect(checkSendResult(results[0])).toBeUndefined();
  });

  it('is missed by nobody who is reached on one terminal, unless other ones were asked for', async () => {
    const table = routes([2n, WEB, 'A']);
    expect((await planFanOut(toTwo, table)).results).toEqual([]);
    const [{ receivers }] = (await planFanOut({ ...toTwo, receiverTerminals: [WEB, APP] }, table)).results;
    expect(receivers).toEqual([{ terminal: APP, userIds: [2n] }]);
    expect((await planFanOut({ ...toTwo, receiverTerminals: [APP], skipResult: true }, table)).results).toEqual([]);
  });

  it('goes only to the terminals asked for', async () => {
    const table = routes([2n, WEB, 'A'], [2n, APP, 'A'], [1n, PC, 'A']);
    expect(summaries(await planFanOut({ ...toTwo, receiverTerminals: [APP] }, table))).toEqual(['A app:2', 'A skipResult pc:1']);
  });

  it('has no copy with skip_self', async () => {
    expect(summaries(await planFanOut({ ...toTwo, skipSelf: true }, routes([2n, WEB, 'A'], [1n, APP, 'A'])))).toEqual([
      'A web:2',
    ]);
  });

  it('to oneself goes to the other terminals, once', async () => {
    const table = routes([1n, WEB, 'A'], [1n, APP, 'B'], [1n, PC, 'B']);
    expect(summaries(await planFanOut({ ...toTwo, receiverId: 1n }, table))).toEqual(['B app:1 pc:1']);
    expect(summaries(await planFanOut({ ...toTwo, receiverId: 1n, receiverTerminals: [PC] }, table))).toEqual([
      'B pc:1',
      'B skipResult app:1',
    ]);
  });

  it('reaches terminals that this release does not know', async () => {
    expect((await planFanOut(toTwo, routes([2n, 9, 'A']))).receiveInfos[0].receiveInfo.receivers).toEqual([
      { terminal: 9, userIds: [2n] },
    ]);
  });

  it('needs a sender', async () => {
    expect(await messageOf(planFanOut({ receiverId: 2n, content }, routes()))).toBe('[INVALID_MESSAGE] sender: not set');
  });
});

describe('a group message', () => {
  it('counts an id that is listed twice once', async () => {
    expect(summaries(await planFanOut(toGroup(2n, 3n, 2n), routes([2n, WEB, 'A'], [3n, WEB, 'A'])))).toEqual(['A web:2,3']);
  });

  it('goes to the members that the platform tells', async () => {
    const table = routes([2n, WEB, 'A'], [3n, WEB, 'A']);
    expect(summaries(await planFanOut(toGroup(), table, { receiverIds: new Set([2n, 3n]) }))).toEqual(['A web:2,3']);
    expect(summaries(await planFanOut(toGroup(), table, { receiverIds: [] }))).toEqual([]);
    expect(await messageOf(planFanOut(toGroup(), table))).toBe(
      '[INVALID_MESSAGE] receiverIds: got 0 items: a message to all members needs the option receiverIds',
    );
  });

  it.each([
    [9_999, [9_999]],
    [10_000, [10_000]],
    [10_001, [10_000, 1]],
    [25_000, [10_000, 10_000, 5_000]],
  ])('of %i receivers on one server takes ReceiveInfos of %j', async (count, sizes) => {
    const receiverIds = Array.from({ length: count }, (_, i) => BigInt(i + 2));
    const table = routes(...receiverIds.map((id): [bigint, number, string] => [id, WEB, 'A']));
    const online = await planFanOut(toGroup(), table, { receiverIds });
    const offline = await planFanOut(toGroup(), routes(), { receiverIds });
    const sizesOf = (
      lists: readonly ({ receivers?: readonly { userIds?: readonly bigint[] | undefined }[] | undefined } | undefined)[],
    ) => lists.map((one) => one?.receivers?.[0].userIds?.length);
    expect(sizesOf(online.receiveInfos.map(({ receiveInfo }) => receiveInfo))).toEqual(sizes);
    expect(sizesOf(offline.results)).toEqual(sizes);
    for (const { receiveInfo } of online.receiveInfos) expect(checkReceiveInfo(receiveInfo)).toBeUndefined();
    for (const result of offline.results) expect(checkSendResult(result)).toBeUndefined();
  });

  it.each([
    [16, [16]],
    [17, [16, 1]],
  ])('on %i kinds of terminal takes ReceiveInfos of %j lists', async (count, sizes) => {
    const table = routes(...Array.from({ length: count }, (_, i): [bigint, number, string] => [2n, i + 1, 'A']));
    const { receiveInfos } = await planFanOut(toGroup(2n), table);
    expect(receiveInfos.map(({ receiveInfo }) => receiveInfo.receivers?.length)).toEqual(sizes);
  });
});

it(`every receiver who is online is reached once on each terminal, and nobody else, seed ${SEED}`, async () => {
  const user = fc.bigInt({ min: 1n, max: 6n });
  const terminal = fc.integer({ min: 1, max: 4 });
  const plan = fc.record({
    online: fc.array(fc.tuple(user, terminal, fc.constantFrom('A', 'B')), { maxLength: 15 }),
    receiverIds: fc.array(user, { minLength: 1, maxLength: 8 }),
    receiverTerminals: fc.uniqueArray(terminal, { maxLength: 3 }),
    skipSelf: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ online, receiverIds, receiverTerminals, skipSelf }) => {
      const table = routes(...online);
      const { receiveInfos, results } = await planFanOut({ ...toGroup(...receiverIds), receiverTerminals, skipSelf }, table);
      const isWanted = (id: bigint, on: number): boolean =>
        (receiverIds.includes(id) && (receiverTerminals.length === 0 || receiverTerminals.includes(on))) ||
        (id === 1n && !skipSelf);
      const expected = [...new Map(online.map(([id, on, server]) => [`${id}/${on}`, { id, on, server }])).values()]
        .filter(({ id, on }) => isWanted(id, on) && !(id === 1n && on === WEB))
        .map(({ id, on, server }) => `${id}/${on}/${server}`);
      const reached = receiveInfos.flatMap(({ serverId, receiveInfo: { receivers = [] } }) =>
        receivers.flatMap(({ terminal: on, userIds = [] }) => userIds.map((id) => `${id}/${on}/${serverId}`)),
      );
      expect(reached.toSorted()).toEqual(expected.toSorted());
      const missed = new Set(results.flatMap(({ receivers = [] }) => receivers.flatMap(({ userIds = [] }) => userIds)));
      const offline = receiverIds.filter((id) => {
        const at = online.filter(([other]) => other === id).map(([, on]) => on);
        return receiverTerminals.length === 0 ? at.length === 0 : receiverTerminals.some((on) => !at.includes(on));
      });
      expect([...missed].toSorted()).toEqual([...new Set(offline)].toSorted());
      expect(results.length).toBeLessThanOrEqual(1);
      for (const server of ['A', 'B']) {
        expect(receiveInfos.filter(({ serverId }) => serverId === server).length).toBeLessThanOrEqual(2);
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});

it('routes follow a terminal that moves', async () => {
  const table = new MemoryRoutes();
  expect([await table.set(1n, WEB, 'A'), await table.set(1n, WEB, 'B'), await table.set(1n, APP, 'B')]).toEqual([
    undefined,
    'A',
    undefined,
  ]);
  // It has moved on: what A tells of it is late.
  expect(await table.delete(1n, WEB, 'A')).toBe(false);
  expect(await routesOf(table, 1n)).toEqual([
    { terminal: WEB, serverId: 'B' },
    { terminal: APP, serverId: 'B' },
  ]);
  expect([await table.delete(1n, WEB, 'B'), await table.delete(1n, APP, 'B'), await routesOf(table, 1n)]).toEqual([
    true,
    true,
    undefined,
  ]);
});

describe('several connections of a terminal', () => {
  const several: [bigint, number, string, string, number?][] = [
    [1n, WEB, 'A', 'a1'],
    [1n, WEB, 'A', 'a2'],
    [1n, WEB, 'B', 'a1'],
    [1n, APP, 'A', 'a3'],
    [1n, APP, 'A', 'a4'],
    [2n, WEB, 'A', 'b1', 1],
    [2n, WEB, 'A', 'b2', 2],
    [2n, WEB, 'B', 'b3'],
  ];
  const table = {
    find: async (userIds: Iterable<bigint>) =>
      new Map(
        Array.from(userIds, (userId) => [
          userId,
          several
            .filter(([id]) => id === userId)
            .map(([, terminal, serverId, connectionId, version = 2]) => ({ terminal, serverId, connectionId, version })),
        ]),
      ),
  };
  const connections = ({ receiveInfos }: FanOut) => receiveInfos.map(({ receiveInfo }) => receiveInfo.connectionId ?? '');

  it('a user counts once for each server and terminal', async () => {
    const plan = await planFanOut(toTwo, table);
    expect(summaries(plan)).toEqual(['A web:2', 'B web:2', 'A skipResult app:1']);
    expect([connections(plan), plan.results]).toEqual([['', '', ''], []]);
  });

  it('the other connections of the sending terminal get a copy each', async () => {
    const plan = await planFanOut(toTwo, table, { sentFrom: { serverId: 'A', connectionId: 'a1' } });
    expect(summaries(plan)).toEqual(['A web:2', 'B web:2', 'A skipResult app:1', 'A skipResult web:1', 'B skipResult web:1']);
    expect(connections(plan)).toEqual(['', '', '', 'a2', 'a1']);
    for (const { receiveInfo } of plan.receiveInfos) expect(checkReceiveInfo(receiveInfo)).toBeUndefined();
    const silent = await planFanOut({ ...toTwo, skipSelf: true }, table, { sentFrom: { serverId: 'A', connectionId: 'a1' } });
    expect(summaries(silent)).toEqual(['A web:2', 'B web:2']);
  });

  it('a message to oneself reaches them although it skips the sender', async () => {
    const toSelf = { sender, receiverId: 1n, content, skipSelf: true };
    const plan = await planFanOut(toSelf, table, { sentFrom: { serverId: 'A', connectionId: 'a2' } });
    expect([summaries(plan), connections(plan)]).toEqual([
      ['A app:1', 'A skipResult web:1', 'B skipResult web:1'],
      ['', 'a1', 'a1'],
    ]);
  });

  it('a server gets the form of its newest connection, and makes the older ones itself', async () => {
    const body = { $case: 'stream', value: { state: 2, text: 'done' } } as const;
    const plan = await planFanOut({ ...toTwo, content: { messageId: 501n, body } as never }, table);
    const forms = plan.receiveInfos.map(({ serverId, receiveInfo: { data } }) => [
      serverId,
      (data as { value: { content: { body: { $case: string } } } }).value.content.body.$case,
    ]);
    expect(forms).toEqual([
      ['A', 'stream'],
      ['B', 'stream'],
      ['A', 'stream'],
    ]);
  });
});
