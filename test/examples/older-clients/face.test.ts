// The calls of the older clients, one by one, as requests over HTTP.
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { expect, it } from 'vitest';
import { ALICE, APP, BOB, CHEN, DORA, type Fixture, passwordOf, startFixture, TEAM, WEB } from './fixture.js';

interface Answer {
  readonly code: number;
  readonly message: string;
  readonly data: never;
}

type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Calls without a login. */
function callOf({ port }: Fixture): Call {
  return async (method, path, body, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? { method, headers } : { method, headers, body: text };
    return (await (await fetch(`http://127.0.0.1:${port}${path}`, init)).json()) as Answer;
  };
}

/** Calls of a user who has logged in. */
async function callAs(fixture: Fixture, userName: string, terminal = WEB): Promise<Call> {
  const call = callOf(fixture);
  const { data } = await call('POST', '/login', { terminal, userName, password: passwordOf(userName) });
  const { accessToken } = data as { accessToken: string };
  return (method, path, body, headers) => call(method, path, body, { accessToken, ...headers });
}

const sendTo = (recvId: number, content: string, tmpId = `t-${content}`) => ({ tmpId, recvId, content, type: 0 });

it('answers a message with all keys of the older platform, null where nothing is set', async () => {
  const fixture = await startFixture();
  const alice = await callAs(fixture, 'alice');
  const answer = await alice('POST', '/message/private/send', sendTo(BOB, '你好'));
  expect(answer).toEqual({
    code: 200,
    message: '成功',
    data: {
      id: expect.any(Number),
      tmpId: 't-你好',
      sendId: ALICE,
      recvId: BOB,
      content: '你好',
      type: 0,
      status: 0,
      sendTime: expect.any(Number),
    },
  });
  const { id } = answer.data as { id: number };
  expect(Number.isSafeInteger(id)).toBe(true);
  const group = await alice('POST', '/message/group/send', { groupId: TEAM, content: 'hi', type: 0, receipt: false });
  expect(group.data).toEqual({
    id: expect.any(Number),
    tmpId: null,
    groupId: TEAM,
    sendId: ALICE,
    sendNickName: 'alice',
    content: 'hi',
    type: 0,
    receipt: false,
    receiptOk: null,
    readedCount: 0,
    atUserIds: null,
    status: 0,
    sendTime: expect.any(Number),
  });
  expect(fixture.errors).toEqual([]);
});

it('sends a message with the same tmpId once', async () => {
  const alice = await callAs(await startFixture(), 'alice');
  const first = await alice('POST', '/message/private/send', sendTo(BOB, 'once'));
  expect(await alice('POST', '/message/private/send', sendTo(BOB, 'once'))).toEqual(first);
  const { data } = await alice('GET', '/message/private/loadOfflineMessage?minId=0');
  expect(data).toEqual([first.data]);
});

it('ignores whom the client names as the sender, and keys that it does not know', async () => {
  const alice = await callAs(await startFixture(), 'alice');
  const forged = '{"recvId":2,"content":"x","type":0,"sendId":3,"id":7,"sendTime":1,"__proto__":{"sendId":3}}';
  const { data } = await alice('POST', '/message/private/send', forged);
  expect(data).toMatchObject({ sendId: ALICE, recvId: BOB, tmpId: null });
  expect(data).not.toMatchObject({ id: 7 });
});

it('logs in with the right password alone', async () => {
  const call = callOf(await startFixture());
  const login = (password: string, terminal: unknown = WEB) => call('POST', '/login', { terminal, userName: 'alice', password });
  expect(await login(passwordOf('alice'))).toMatchObject({
    code: 200,
    data: { accessTokenExpiresIn: 600, refreshTokenExpiresIn: 604_800 },
  });
  expect(await login('alice-secreT')).toEqual({ code: 10_001, message: '用户名或密码不正确', data: null });
  expect(await login(passwordOf('alice'), 9)).toEqual({ code: 500, message: 'terminal: unknown', data: null });
  expect(await login(passwordOf('alice'), '0x1')).toMatchObject({ code: 500 });
});

it('says 400 without a token, 401 for a wrong or expired one, and gives new tokens for a refresh token', async () => {
  const fixture = await startFixture();
  const call = callOf(fixture);
  const path = '/message/private/loadOfflineMessage?minId=0';
  expect(await call('GET', path)).toEqual({ code: 400, message: '未登录', data: null });
  expect(await call('GET', path, undefined, { accessToken: 'x' })).toMatchObject({ code: 401 });
  const login = await call('POST', '/login', { terminal: WEB, userName: 'alice', password: passwordOf('alice') });
  const { accessToken, refreshToken } = login.data as Record<string, string>;
  expect(await call('GET', path, undefined, { accessToken })).toMatchObject({ code: 200 });
  // Neither token counts as the other.
  expect(await call('GET', path, undefined, { accessToken: refreshToken })).toMatchObject({ code: 401 });
  expect(await call('PUT', '/refreshToken', undefined, { refreshToken: accessToken })).toMatchObject({ code: 500 });
  expect(await call('PUT', '/refreshToken')).toMatchObject({ code: 500 });

  fixture.clock.nowMs += 600_000;
  expect(await call('GET', path, undefined, { accessToken })).toMatchObject({ code: 401 });
  const { data } = await call('PUT', '/refreshToken', undefined, { refreshToken });
  const renewed = (data as Record<string, string>).accessToken;
  expect(await call('GET', path, undefined, { accessToken: renewed })).toMatchObject({ code: 200 });
  fixture.clock.nowMs += 604_800_000;
  expect(await call('PUT', '/refreshToken', undefined, { refreshToken })).toMatchObject({ code: 500 });
});

it.each([
  ['no JSON', '{', 'body: expected JSON'],
  ['an array', [], 'body: expected a JSON object'],
  ['deep nesting', '['.repeat(30_000), 'body: expected JSON'],
  ['no receiver', { content: 'x', type: 0 }, `recvId: expected an id from 1 to ${Number.MAX_SAFE_INTEGER}`],
  ['receiver 0', { recvId: 0, content: 'x', type: 0 }, `recvId: expected an id from 1 to ${Number.MAX_SAFE_INTEGER}`],
  [
    'a rounded receiver',
    '{"recvId":9007199254740993,"content":"x","type":0}',
    `recvId: expected an id from 1 to ${Number.MAX_SAFE_INTEGER}`,
  ],
  ['no content', { recvId: BOB, type: 0 }, 'content: expected a text'],
  ['an object as content', { recvId: BOB, content: {}, type: 0 }, 'content: expected a text'],
  ['1025 characters', sendTo(BOB, 'x'.repeat(1025), 't'), 'content: expected at most 1024 characters, got 1025'],
  ['no type', { recvId: BOB, content: 'x' }, 'type: expected an integer from 0 to 999'],
  ['a recall as a message', { recvId: BOB, content: '5', type: 10 }, 'type: 10 is not a type that clients send'],
  ['a receipt as a message', { recvId: BOB, content: 'x', type: 12 }, 'type: 12 is not a type that clients send'],
  ['a tip', { recvId: BOB, content: 'x', type: 21 }, 'type: 21 is not a type that clients send'],
  ['a step of a call', { recvId: BOB, content: '{}', type: 100 }, 'type: 100 is not a type that clients send'],
  ['an unknown user', sendTo(99, 'x'), '您不在该会话中'],
])('refuses %s', async (_what, body, message) => {
  const fixture = await startFixture();
  const alice = await callAs(fixture, 'alice');
  expect(await alice('POST', '/message/private/send', body)).toEqual({ code: 500, message, data: null });
  expect(fixture.errors).toEqual([]);
});

it('takes contents of 1024 characters, and bodies of 65536 bytes', async () => {
  const alice = await callAs(await startFixture(), 'alice');
  expect(await alice('POST', '/message/private/send', sendTo(BOB, '好'.repeat(1024), 't'))).toMatchObject({ code: 200 });
  const body = JSON.stringify(sendTo(BOB, 'padded'));
  expect(await alice('POST', '/message/private/send', body.padEnd(65_536))).toMatchObject({ code: 200 });
  const answer = { code: 500, message: 'body: expected at most 65536 bytes' };
  expect(await alice('POST', '/message/private/send', body.padEnd(65_537))).toMatchObject(answer);
});

it('goes on after a body that ends early', async () => {
  const fixture = await startFixture();
  const head = 'POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{';
  const socket = createConnection(fixture.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.write(head, () => resolve()));
  socket.resetAndDestroy();
  expect(await callOf(fixture)('GET', '/x')).toMatchObject({ code: 404 });
  expect(fixture.errors).toEqual([]);
});

it('lets members alone into a group, and mentions at most 20 of them', async () => {
  const fixture = await startFixture();
  const dora = await callAs(fixture, 'dora');
  const refused = { code: 500, message: '您不在该会话中', data: null };
  const message = { groupId: TEAM, content: 'x', type: 0 };
  expect(await dora('POST', '/message/group/send', message)).toEqual(refused);
  expect(await dora('GET', `/message/group/history?groupId=${TEAM}&page=1&size=10`)).toEqual(refused);
  expect(await dora('GET', `/message/group/findReadedUsers?groupId=${TEAM}&messageId=5`)).toEqual(refused);
  expect(await dora('PUT', `/message/group/readed?groupId=${TEAM}`)).toEqual(refused);
  const alice = await callAs(fixture, 'alice');
  const mention = (count: number) => ({ ...message, atUserIds: Array.from({ length: count }, (_, i) => i + 1) });
  expect(await alice('POST', '/message/group/send', mention(20))).toMatchObject({ code: 200 });
  expect(await alice('POST', '/message/group/send', mention(21))).toMatchObject({
    message: 'atUserIds: expected at most 20 ids',
  });
});

it('recalls messages of the user in time, and lists the recall in place of the message', async () => {
  const fixture = await startFixture({ recallMs: 60_000 });
  const [alice, bob] = [await callAs(fixture, 'alice'), await callAs(fixture, 'bob')];
  const sent = (await alice('POST', '/message/private/send', sendTo(BOB, 'oops'))).data as { id: number };
  const path = `/message/private/recall/${sent.id}`;
  expect(await bob('DELETE', path)).toMatchObject({ code: 500, message: '您没有权限进行该操作' });
  expect(await alice('DELETE', `/message/group/recall/${sent.id}`)).toMatchObject({ code: 500, message: '消息不存在' });
  expect(await alice('DELETE', '/message/private/recall/5')).toMatchObject({ code: 500, message: '消息不存在' });
  const chen = await callAs(fixture, 'chen');
  expect(await chen('DELETE', path)).toMatchObject({ code: 500, message: '您不在该会话中' });
  const recall = await alice('DELETE', path);
  expect(recall).toMatchObject({ code: 200, data: { type: 10, content: String(sent.id), sendId: ALICE, recvId: BOB } });
  expect(await alice('DELETE', path)).toMatchObject({ code: 500, message: '操作已超过时间限制' });
  const pulled = (await bob('GET', '/message/private/loadOfflineMessage?minId=0')).data as object[];
  expect(pulled).toMatchObject([{ type: 10, content: String(sent.id) }]);
  expect((await bob('GET', `/message/private/history?friendId=${ALICE}&page=1&size=10`)).data).toEqual([]);

  const late = await startFixture({ recallMs: -1 });
  const tardy = await callAs(late, 'alice');
  const { id } = (await tardy('POST', '/message/private/send', sendTo(BOB, 'stays'))).data as { id: number };
  expect(await tardy('DELETE', `/message/private/recall/${id}`)).toMatchObject({ code: 500, message: '操作已超过时间限制' });
});

it('pulls after the highest id that the client has, in the order of ids over all conversations, and marks as delivered', async () => {
  const fixture = await startFixture();
  const [alice, bob, chen] = [await callAs(fixture, 'alice'), await callAs(fixture, 'bob'), await callAs(fixture, 'chen')];
  await alice('POST', '/message/private/send', sendTo(BOB, 'a1'));
  await chen('POST', '/message/private/send', sendTo(BOB, 'c1'));
  await alice('POST', '/message/private/send', sendTo(BOB, 'a2'));
  await bob('POST', '/message/private/send', sendTo(CHEN, 'b1'));
  await alice('POST', '/message/group/send', { groupId: TEAM, content: 'g1', type: 0 });
  const pull = async (call: Call, kind: string, minId: number | string) =>
    (await call('GET', `/message/${kind}/loadOfflineMessage?minId=${minId}`)).data as {
      id: number;
      content: string;
      status: number;
    }[];
  const contents = (list: readonly { content: string }[]) => list.map(({ content }) => content);
  const first = await pull(bob, 'private', 0);
  expect(contents(first)).toEqual(['a1', 'c1', 'a2', 'b1']);
  expect(first.map(({ id }) => id)).toEqual(first.map(({ id }) => id).toSorted((a, b) => a - b));
  expect(contents(await pull(bob, 'private', first[1].id))).toEqual(['a2', 'b1']);
  expect(await pull(bob, 'private', first[3].id)).toEqual([]);
  expect(contents(await pull(bob, 'group', -1))).toEqual(['g1']);
  expect(contents(await pull(chen, 'private', 0))).toEqual(['c1', 'b1']);
  // Bob has pulled what was sent to him, and chen what bob has sent.
  expect((await pull(alice, 'private', 0)).map(({ status }) => status)).toEqual([1, 1]);
  expect((await pull(bob, 'private', 0)).map(({ status }) => status)).toEqual([1, 1, 1, 1]);
  expect(await bob('GET', '/message/private/loadOfflineMessage?minId=x')).toMatchObject({ code: 500 });
  expect(await bob('GET', '/message/private/loadOfflineMessage?minId=9007199254740992')).toMatchObject({ code: 500 });
});

it('gives pages of the history, the newest message first', async () => {
  const fixture = await startFixture();
  const alice = await callAs(fixture, 'alice');
  // More than are read at a time.
  for (let i = 1; i <= 205; i++) await alice('POST', '/message/group/send', { groupId: TEAM, content: String(i), type: 0 });
  const page = async (page: number, size: number) => {
    const path = `/message/group/history?groupId=${TEAM}&page=${page}&size=${size}`;
    return ((await alice('GET', path)).data as { content: string }[]).map(({ content }) => Number(content));
  };
  const numbers = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);
  expect(await page(1, 10)).toEqual(numbers(205, 196));
  expect(await page(2, 100)).toEqual(numbers(105, 6));
  expect(await page(3, 100)).toEqual(numbers(5, 1));
  expect(await page(4, 100)).toEqual([]);
  const size = 'size: expected an integer from 1 to 100';
  expect(await alice('GET', `/message/group/history?groupId=${TEAM}&page=1&size=101`)).toMatchObject({ message: size });
  expect(await alice('GET', `/message/group/history?groupId=${TEAM}&page=1&size=0`)).toMatchObject({ message: size });
  expect(await alice('GET', `/message/group/history?groupId=${TEAM}&page=0&size=9`)).toMatchObject({ code: 500 });
});

it('knows what was read: status, the highest id, and the readers in a group', async () => {
  const fixture = await startFixture();
  const [alice, bob, chen] = [await callAs(fixture, 'alice'), await callAs(fixture, 'bob'), await callAs(fixture, 'chen', APP)];
  // Nothing to read is no error.
  expect(await bob('PUT', `/message/private/readed?friendId=${ALICE}`)).toEqual({ code: 200, message: '成功', data: null });
  expect(await alice('GET', `/message/private/maxReadedId?friendId=${BOB}`)).toMatchObject({ code: 200, data: -1 });
  const { id } = (await alice('POST', '/message/private/send', sendTo(BOB, 'a'))).data as { id: number };
  await bob('POST', '/message/private/send', sendTo(ALICE, 'b'));
  expect(await alice('GET', `/message/private/maxReadedId?friendId=${BOB}`)).toMatchObject({ data: -1 });
  await bob('PUT', `/message/private/readed?friendId=${ALICE}`);
  expect(await alice('GET', `/message/private/maxReadedId?friendId=${BOB}`)).toMatchObject({ data: id });
  expect(await bob('GET', `/message/private/maxReadedId?friendId=${ALICE}`)).toMatchObject({ data: -1 });
  const { data } = await alice('GET', `/message/private/history?friendId=${BOB}&page=1&size=10`);
  expect(data).toMatchObject([
    { content: 'b', status: 0 },
    { content: 'a', status: 3 },
  ]);

  const toTeam = async (content: string) =>
    ((await alice('POST', '/message/group/send', { groupId: TEAM, content, type: 0, receipt: true })).data as { id: number }).id;
  const [one, two] = [await toTeam('one'), await toTeam('two')];
  const readers = async (messageId: number) =>
    (await alice('GET', `/message/group/findReadedUsers?groupId=${TEAM}&messageId=${messageId}`)).data;
  await bob('PUT', `/message/group/readed?groupId=${TEAM}&messageId=${one}`);
  expect([await readers(one), await readers(two)]).toEqual([[BOB], []]);
  await chen('PUT', `/message/group/readed?groupId=${TEAM}`);
  await bob('PUT', `/message/group/readed?groupId=${TEAM}`);
  expect([await readers(one), await readers(two)]).toEqual([
    [BOB, CHEN],
    [BOB, CHEN],
  ]);
  const pulled = (await alice('GET', '/message/group/loadOfflineMessage?minId=0')).data;
  expect(pulled).toMatchObject([
    { content: 'one', receipt: true, readedCount: 2, receiptOk: true },
    { content: 'two', receipt: true, readedCount: 2, receiptOk: true },
  ]);
  const { code } = await alice('GET', `/message/group/findReadedUsers?groupId=${TEAM}&messageId=${id}`);
  expect(code).toBe(500);
});

it('lists the terminals of users who are online, of those whom the user knows', async () => {
  const fixture = await startFixture();
  const [alice, dora] = [await callAs(fixture, 'alice'), await callAs(fixture, 'dora')];
  await fixture.older(BOB, APP);
  const path = `/user/terminal/online?userIds=${ALICE},${BOB},${CHEN}`;
  await expect.poll(() => alice('GET', path)).toMatchObject({ code: 200, data: [{ userId: BOB, terminals: [APP] }] });
  expect(await dora('GET', path)).toMatchObject({ code: 200, data: [] });
  expect(await alice('GET', `/user/terminal/online?userIds=${DORA},x`)).toMatchObject({ code: 500 });
});

it('knows no other calls, not even for properties of objects', async () => {
  const call = callOf(await startFixture());
  for (const path of ['/', '/message', '/message/private/send', '/constructor', '/message/private/recall/x'])
    expect(await call('GET', path)).toEqual({ code: 404, message: `no such call: GET ${path}`, data: null });
  expect(await call('DELETE', '/message/private/recall')).toMatchObject({ code: 404 });
});

it('has a client for its tests that knows nothing of this package', () => {
  for (const file of ['old-client', 'http', 'chats']) {
    const url = new URL(`../../../examples/older-clients/client/${file}.ts`, import.meta.url);
    const imported = [...readFileSync(url, 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    expect(imported.filter((name) => !name.startsWith('./') && name !== 'ws')).toEqual([]);
  }
});
