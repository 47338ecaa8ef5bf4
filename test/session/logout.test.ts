// LOGOUT, and the end of a token: how a session of version 2 ends.
import { describe, expect, it } from 'vitest';
import { ProtocolError, Terminal } from '../../src/index.js';
import { SENDER } from './alphabet.js';
import { Pair } from './pair.js';
import { anonymousServer, LOGIN } from './stages.js';
import { events, written } from './transcript.js';

const ASK = { cmd: 1000 };

describe('LOGOUT', () => {
  it('is answered after the open requests, and closes the connection without an error', () => {
    const pair = new Pair();
    const first = pair.client.request(ASK, 0);
    const second = pair.client.request(ASK, 0);
    const logout = pair.client.logout(0);
    pair.pass();
    expect(events(pair.server)).toEqual(['message 1000 2', 'message 1000 3']);
    pair.server.reply(second, ASK, 0);
    expect(events(pair.server)).toEqual([]);
    pair.server.refuse(first, new ProtocolError('MUTED', 'no'), 0);
    expect(events(pair.server)).toContain('logout');
    pair.server.acceptLogout(logout, 0);
    expect([events(pair.server), pair.server.state, pair.server.closeCode]).toEqual([['closed'], 'closed', 1000]);
    pair.pass();
    expect(events(pair.client)).toEqual([`reply ${second}`, `failed ${first} MUTED`, `reply ${logout}`]);
  });

  it('with nothing open is answered at once', () => {
    const pair = new Pair();
    const sequence = pair.client.logout(0);
    pair.pass();
    expect(events(pair.server)).toEqual(['logout']);
    expect(() => pair.server.reply(sequence, { cmd: 23 }, 0)).toThrow(
      new Error('LOGOUT 2 must be answered by acceptLogout or refuse'),
    );
    expect(() => pair.server.acceptLogout(9, 0)).toThrow(new Error('no open LOGOUT with sequence 9'));
    pair.server.acceptLogout(sequence, 0);
    expect(written(pair.server)).toEqual(['LOGOUT re 2']);
  });

  it('ends the requests of the client: what follows is INVALID_MESSAGE, but the server still gets its receipts', () => {
    const pair = new Pair();
    const content = { messageId: 11n, body: { $case: 'text', value: { text: 'x' } } } as const;
    const open = pair.client.request(ASK, 0);
    const push = pair.server.request({ cmd: 6, data: { $case: 'systemMessage', value: { content } } }, 0);
    pair.pass();
    const [arrival] = pair.client.takeEvents();
    pair.client.logout(0);
    pair.client.request(ASK, 0);
    pair.client.logout(0);
    if (arrival.type === 'message') pair.client.confirm(arrival.message, 0);
    pair.pass();
    expect(events(pair.client)).toEqual(['failed 4 INVALID_MESSAGE', 'failed 5 INVALID_MESSAGE']);
    expect(events(pair.server)).toContain(`reply ${push}`);
    pair.server.reply(open, ASK, 0);
    expect(events(pair.server)).toEqual(['logout']);
  });

  it('is served while the server drains: the client may have sent it before', () => {
    const pair = new Pair();
    const logout = pair.client.logout(0);
    pair.server.drain({ graceMs: 1000 }, 0);
    pair.pass();
    expect(events(pair.server)).toEqual(['logout']);
    pair.server.acceptLogout(logout, 0);
    expect(pair.server.closeError).toBeUndefined();
  });

  it('without a sequence is refused, and a refused one leaves the session as it was', () => {
    const pair = new Pair();
    pair.client.push({ cmd: 23 }, 0);
    const logout = pair.client.logout(0);
    pair.pass();
    expect(events(pair.server)).toEqual(['notice INVALID_MESSAGE', 'logout']);
    pair.server.refuse(logout, new ProtocolError('INTERNAL', 'later'), 0);
    pair.client.request(ASK, 0);
    pair.pass();
    expect(events(pair.server)).toContain('message 1000 3');
  });

  it('is not sent on a connection of version 1', () => {
    const pair = new Pair({ versions: [1] });
    expect(() => pair.client.logout(0)).toThrow('LOGOUT needs version 2, the connection has version 1');
  });
});

describe('a token', () => {
  const session = (tokenExpiresAtMs: bigint) => ({ ...SENDER, tokenExpiresAtMs });
  const clock = { timeOriginMs: 1_000_000, heartbeatIntervalMs: 600_000 };

  it('ends the connection with TOKEN_EXPIRED when it expires, not a millisecond earlier', () => {
    const pair = new Pair({}, clock, session(1_060_000n));
    expect(pair.server.nextDeadlineMs).toBe(60_000);
    pair.wait(59_999);
    expect(pair.server.state).toBe('authenticated');
    pair.wait(1);
    expect(events(pair.server)).toEqual(['closed TOKEN_EXPIRED']);
    expect(events(pair.client)).toEqual(['closed TOKEN_EXPIRED']);
    expect(pair.server.closeCode).toBe(4044);
  });

  it('that expires on a connection of version 1 is UNAUTHENTICATED there', () => {
    const pair = new Pair({ versions: [1] }, clock, session(1_060_000n));
    pair.wait(60_000);
    expect([events(pair.client), pair.server.closeCode]).toEqual([['closed UNAUTHENTICATED'], 4032]);
  });

  it('that is renewed moves the end', () => {
    const pair = new Pair({}, clock, session(1_060_000n));
    pair.wait(59_000);
    const sequence = pair.client.login({ accessToken: 't2' }, pair.nowMs);
    pair.pass();
    pair.server.acceptLogin(sequence, session(1_120_000n), pair.nowMs);
    pair.wait(60_999);
    expect(pair.server.state).toBe('authenticated');
    pair.wait(1);
    expect(pair.server.closeError?.code).toBe('TOKEN_EXPIRED');
  });

  it('that never expires any more has no end', () => {
    const pair = new Pair({}, clock, session(1_060_000n));
    const sequence = pair.client.login({ accessToken: 't2' }, pair.nowMs);
    pair.pass();
    pair.server.acceptLogin(sequence, SENDER, pair.nowMs);
    pair.wait(100_000);
    expect(pair.server.state).toBe('authenticated');
  });

  it.each([
    ['accepted', 'authenticated'],
    ['refused', 'closed'],
  ])('that expires while its renewal is verified waits for it: %s', (answer, state) => {
    const pair = new Pair({}, clock, session(1_060_000n));
    pair.wait(59_999);
    const sequence = pair.client.login({ accessToken: 't2' }, pair.nowMs);
    pair.pass();
    pair.wait(1000);
    expect(pair.server.state).toBe('authenticated');
    if (answer === 'accepted') pair.server.acceptLogin(sequence, session(1_120_000n), pair.nowMs);
    else pair.server.refuse(sequence, new ProtocolError('INTERNAL', 'no'), pair.nowMs);
    pair.wait(0);
    expect(pair.server.state).toBe(state);
  });
});

it('an expired token is not kept alive by one refused renewal after the other', () => {
  const pair = new Pair(
    {},
    { timeOriginMs: 1_000_000, heartbeatIntervalMs: 600_000 },
    { ...SENDER, tokenExpiresAtMs: 1_060_000n },
  );
  pair.wait(59_999);
  const sequence = pair.client.login({ accessToken: 'x' }, pair.nowMs);
  pair.pass();
  pair.wait(500);
  pair.server.refuse(sequence, new ProtocolError('INTERNAL', 'no'), pair.nowMs);
  pair.client.login({ accessToken: 'y' }, pair.nowMs);
  pair.pass();
  expect([pair.server.state, pair.server.closeError?.code]).toEqual(['closed', 'TOKEN_EXPIRED']);
});

it('the terminal SERVER never logs in', () => {
  const server = anonymousServer();
  server.receive(LOGIN, 0);
  server.acceptLogin(1, { ...SENDER, terminal: Terminal.SERVER }, 0);
  expect(written(server)).toEqual(['ERROR 32 re 1']);
  expect(events(server)).toEqual(['login 1', 'closed UNAUTHENTICATED']);
});
