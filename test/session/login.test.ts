// LOGIN, its renewal, and what a second login of the same user does to the first.
import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ProtocolError } from '../../src/errors.js';
import { ClientSession } from '../../src/session/index.js';
import { thrownBy } from '../thrown-by.js';
import { SENDER } from './alphabet.js';
import { Pair } from './pair.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

function login(sequence: number, fields: { deviceId?: string; terminal?: number } = {}): Uint8Array {
  return encodeFrame('SendInfo', { cmd: 1, sequence, data: { $case: 'login', value: { accessToken: 't', ...fields } } });
}

it.each([
  ['user', { userId: SENDER.userId + 1n }],
  ['terminal', { terminal: SENDER.terminal + 1 }],
])('a client closes if the server renews its token as another %s', (_what, other) => {
  const pair = new Pair();
  const sequence = pair.client.login({ accessToken: 't2' }, 0);
  const value = { ...SENDER, ...other };
  const frame = { cmd: 1, replyTo: sequence, data: { $case: 'session', value } } as const;
  pair.client.receive(encodeFrame('SendInfo', frame, { version: 2 }), 0);
  expect(events(pair.client)).toEqual([`failed ${sequence} PERMISSION_DENIED`, 'closed PERMISSION_DENIED']);
  expect(pair.client.session?.userId).toBe(SENDER.userId);
});

describe('a LOGIN', () => {
  it('is accepted with the session of the token', () => {
    const session = stages.anonymousServer();
    session.receive(login(7, { deviceId: 'd-9' }), 0);
    expect(session.takeEvents()).toMatchObject([
      { type: 'login', sequence: 7, login: { accessToken: 't', deviceId: 'd-9', terminal: 0 } },
    ]);
    session.acceptLogin(7, { userId: 5n, terminal: 2, sessionId: 's-1' }, 0);
    expect(session.user).toEqual({ userId: 5n, terminal: 2, deviceId: 'd-9' });
    const accepted = { userId: 5n, terminal: 2, sessionId: 's-1', tokenExpiresAtMs: 0n };
    expect(session.takeEvents()).toEqual([{ type: 'authenticated', session: accepted }]);
    expect(decodeFrame(session.takeBytes()[0]).message).toMatchObject({
      cmd: 1,
      replyTo: 7,
      data: { $case: 'session', value: { userId: 5n, terminal: 2, sessionId: 's-1' } },
    });
  });

  it('that is refused closes the connection, and the client gets the reason', () => {
    const session = stages.anonymousServer();
    session.receive(login(1), 0);
    stages.silent(session);
    session.refuse(1, new ProtocolError('UNAUTHENTICATED', 'the token has expired'), 0);
    expect(events(session)).toEqual(['closed UNAUTHENTICATED']);
    const client = stages.anonymousClient();
    client.receive(session.takeBytes()[0], 0);
    expect(events(client)).toEqual(['failed 1 UNAUTHENTICATED', 'closed UNAUTHENTICATED']);
    expect(client.closeError?.message).toBe('[UNAUTHENTICATED] error from the peer: "the token has expired"');
  });

  it('that is refused temporarily closes the connection too, as every error before LOGIN', () => {
    const session = stages.anonymousServer();
    session.receive(login(1), 0);
    stages.silent(session);
    session.refuse(1, new ProtocolError('RATE_LIMITED', 'later'), 0, 5000);
    expect([written(session), events(session)]).toEqual([['ERROR 35 re 1'], ['closed RATE_LIMITED']]);
  });

  it('cannot be answered before it arrives, by reply, or with a session that breaks a rule', () => {
    const session = stages.anonymousServer();
    expect(() => session.acceptLogin(1, SENDER, 0)).toThrow(new Error('no open LOGIN with sequence 1'));
    session.receive(login(1), 0);
    stages.silent(session);
    const reply = { cmd: 1, data: { $case: 'session', value: SENDER } } as const;
    expect(() => session.reply(1, reply, 0)).toThrow(new Error('LOGIN 1 must be answered by acceptLogin or refuse'));
    expect(thrownBy(() => session.acceptLogin(1, { userId: 0n, terminal: 1 }, 0)).code).toBe('INVALID_MESSAGE');
    expect([written(session), session.user, session.state]).toEqual([[], undefined, 'anonymous']);
    session.acceptLogin(1, SENDER, 0);
    expect(written(session)).toEqual(['LOGIN re 1']);
    expect(() => session.acceptLogin(1, SENDER, 0)).toThrow('no open LOGIN with sequence 1');
  });

  it.each([0, 1])('may leave the terminal to the token, or have the same one: %d', (terminal) => {
    const session = stages.anonymousServer();
    session.receive(login(1, { terminal }), 0);
    session.acceptLogin(1, SENDER, 0);
    expect(session.state).toBe('authenticated');
  });

  it('with another terminal than its token is UNAUTHENTICATED', () => {
    const session = stages.anonymousServer();
    session.receive(login(1, { terminal: 2 }), 0);
    stages.silent(session);
    session.acceptLogin(1, SENDER, 0);
    expect([written(session), events(session)]).toEqual([['ERROR 32 re 1'], ['closed UNAUTHENTICATED']]);
    expect(session.user).toBeUndefined();
  });

  it('while another one is verified is RATE_LIMITED, so that a flood costs one verification', () => {
    const session = stages.anonymousServer();
    for (let sequence = 1; sequence <= 1000; sequence++) session.receive(login(sequence), 0);
    expect(written(session)).toEqual(['ERROR 35 re 2']);
    expect(events(session)).toEqual(['login 1', 'closed RATE_LIMITED']);
    session.acceptLogin(1, SENDER, 0);
    expect([written(session), events(session), session.user]).toEqual([[], [], undefined]);
  });

  it('of a client is checked when the session is created, not when it is sent', () => {
    expect(thrownBy(() => new ClientSession({ login: { accessToken: '' } }, 0)).message).toBe(
      '[INVALID_MESSAGE] SendInfo breaks 1 rule: login.accessToken: got 0 bytes, at least 1',
    );
  });

  it('is sent once, either together with Hello or after the Welcome', () => {
    const loginInfo = { accessToken: 't' };
    const early = new ClientSession({ ...stages.PLAIN, login: loginInfo }, 0);
    early.open(0);
    early.receive(stages.WELCOME, 0);
    expect(written(early)).toEqual(['Hello', 'LOGIN 1']);
    const late = new ClientSession({ ...stages.PLAIN, login: loginInfo, transport: 'websocket' }, 0);
    late.open(0, 'im');
    expect(written(late)).toEqual(['Hello']);
    expect(thrownBy(() => late.login(loginInfo, 0)).message).toBe('[LOGIN_REQUIRED] LOGIN before the version is negotiated');
    late.receive(stages.WELCOME, 0);
    expect(written(late)).toEqual(['LOGIN 1']);
  });

  it('is required before all other messages of a client and a server', () => {
    const request = { cmd: 1000 };
    for (const session of [stages.anonymousClient(), stages.anonymousServer()]) {
      expect(thrownBy(() => session.push(request, 0)).message).toBe('[LOGIN_REQUIRED] 1000 before LOGIN');
      expect(thrownBy(() => session.request(request, 0)).code).toBe('LOGIN_REQUIRED');
      expect([written(session), session.openRequests]).toEqual([[], session instanceof ClientSession ? 1 : 0]);
    }
  });
});

describe('a LOGIN on an open connection', () => {
  it('renews the token of the same user any number of times', () => {
    const session = stages.server();
    for (const sequence of [2, 3]) {
      session.receive(login(sequence, { deviceId: `d-${sequence}` }), 0);
      session.acceptLogin(sequence, SENDER, 0);
      expect([written(session), events(session)]).toEqual([[`LOGIN re ${sequence}`], [`login ${sequence}`, 'authenticated']]);
      expect(session.user).toEqual({ ...SENDER, deviceId: `d-${sequence}` });
    }
  });

  it.each([
    ['user', { userId: 2n, terminal: 1 }],
    ['terminal', { userId: 1n, terminal: 2 }],
  ])('of another %s is PERMISSION_DENIED, and closes', (_, other) => {
    const session = stages.server();
    session.receive(login(2), 0);
    stages.silent(session);
    session.acceptLogin(2, other, 0);
    expect([written(session), events(session)]).toEqual([['ERROR 34 re 2'], ['closed PERMISSION_DENIED']]);
    expect(session.user).toEqual({ ...SENDER, deviceId: 'd-1' });
  });

  it('that is refused temporarily may be sent again', () => {
    const session = stages.server();
    session.receive(login(2), 0);
    session.receive(login(3), 0);
    expect([written(session), events(session)]).toEqual([['ERROR 35 re 3'], ['login 2', 'notice RATE_LIMITED']]);
    session.refuse(2, new ProtocolError('RATE_LIMITED', 'later'), 0);
    session.receive(login(4), 0);
    expect([written(session), events(session)]).toEqual([['ERROR 35 re 2'], ['notice RATE_LIMITED', 'login 4']]);
  });

  it('gives the client its new session', () => {
    const session = stages.client();
    expect(session.login({ accessToken: 'new' }, 0)).toBe(2);
    const value = { ...SENDER, sessionId: 's-2' };
    session.receive(encodeFrame('SendInfo', { cmd: 1, replyTo: 2, data: { $case: 'session', value } }), 0);
    expect([events(session), session.session]).toMatchObject([['authenticated', 'reply 2'], value]);
  });

  it('that is answered without a session fails, and the connection stays open', () => {
    const session = stages.client();
    session.login({ accessToken: 'new' }, 0);
    const value = { accessToken: 'x' };
    session.receive(encodeFrame('SendInfo', { cmd: 1, replyTo: 2, data: { $case: 'login', value } }), 0);
    expect([events(session), session.state]).toEqual([['failed 2 COMMAND_DATA_MISMATCH'], 'authenticated']);
  });
});

describe('a second login of the same user and terminal', () => {
  const user = SENDER;

  it('from the same device closes the first as REPLACED, without FORCE_LOGOUT', () => {
    const session = stages.server();
    session.takeOver({ user, deviceId: 'd-1', reason: 'x' }, 0);
    expect([written(session), events(session), session.closeCode]).toEqual([['ERROR 37 0'], ['closed REPLACED'], 4037]);
  });

  it.each(['d-2', ''])('from another device, "%s", gives the first FORCE_LOGOUT, and closes it', (deviceId) => {
    const session = stages.server();
    session.takeOver({ user, deviceId, reason: 'a new phone' }, 0);
    const frames = session.takeBytes();
    expect(decodeFrame(frames[0]).message).toMatchObject({
      cmd: 3,
      data: { $case: 'forceLogout', value: { user, deviceId, reason: 'a new phone' } },
    });
    expect(decodeFrame(frames[1]).message).toMatchObject({ cmd: 8, data: { value: { code: 36, message: 'a new phone' } } });
    expect([events(session), session.closeCode]).toEqual([['closed FORCED_LOGOUT'], 4036]);
    // The client tells its user, and does not come back by itself.
    const client = stages.client();
    for (const frame of frames) client.receive(frame, 0);
    expect(events(client)).toEqual(['message FORCE_LOGOUT 0', 'closed FORCED_LOGOUT']);
    expect(client.closeError?.properties.reconnect).toBe(false);
  });

  it('with an empty device id, like the first one, gives FORCE_LOGOUT', () => {
    const session = stages.anonymousServer();
    session.receive(login(1), 0);
    session.acceptLogin(1, SENDER, 0);
    stages.silent(session);
    session.takeOver({ user, deviceId: '' }, 0);
    expect(written(session)).toEqual(['FORCE_LOGOUT 0', 'ERROR 36 0']);
  });

  it('fails the open requests of the first connection', () => {
    const session = stages.server();
    session.request({ cmd: 1000 }, 0);
    session.takeOver({ user, deviceId: 'd-1' }, 0);
    expect(events(session)).toEqual(['failed 1 REPLACED', 'closed REPLACED']);
  });

  it('does nothing to a connection that is not authenticated or has closed', () => {
    const anonymous = stages.anonymousServer();
    anonymous.takeOver({ user, deviceId: 'd-1' }, 0);
    const closed = stages.server();
    closed.close(0);
    stages.silent(closed);
    closed.takeOver({ user, deviceId: 'd-1' }, 0);
    expect([written(anonymous), anonymous.state, written(closed), events(closed)]).toEqual([[], 'anonymous', [], []]);
  });
});
