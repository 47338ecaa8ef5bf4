// The text for the user, the reason and the end of an error: from a handler to the peer, on every version.
import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../generated/im/protocol/v1/error_info.codec.js';
import { type ErrorDetails, ProtocolError } from '../../src/errors.js';
import { sendableError } from '../../src/negotiate/reject.js';
import { ClientSession, createErrorInfo, ServerSession } from '../../src/session/index.js';
import { SENDER } from './alphabet.js';
import { PLAIN } from './stages.js';

const LAST_MS = 253_402_300_799_999n;
const DETAILS = { userMessage: '你被禁言了', reason: 'muted-by-admin', untilMs: 1_767_225_600_000n } as const;

describe('a ProtocolError', () => {
  it('has the details, and undefined for those that are not set', () => {
    expect(new ProtocolError('MUTED', 'x', DETAILS)).toMatchObject(DETAILS);
    const { userMessage, reason, untilMs } = new ProtocolError('MUTED', 'x', { userMessage: '', reason: '', untilMs: 0n });
    expect([userMessage, reason, untilMs]).toEqual([undefined, undefined, undefined]);
  });

  it.each<[ErrorDetails, string | undefined]>([
    [{ reason: 'r'.repeat(63) }, undefined],
    [{ reason: 'r'.repeat(64) }, undefined],
    [{ reason: 'r'.repeat(65) }, 'reason: expected up to 64 characters of printable ASCII without the space'],
    [{ reason: 'a b' }, 'reason: expected up to 64 characters of printable ASCII without the space'],
    [{ untilMs: LAST_MS }, undefined],
    [{ untilMs: LAST_MS + 1n }, `untilMs: expected a bigint from 0 to ${LAST_MS}, got ${LAST_MS + 1n}`],
    [{ untilMs: -1n }, `untilMs: expected a bigint from 0 to ${LAST_MS}, got -1`],
  ])('refuses the details that the schema refuses: %o', (details, text) => {
    const create = (): ProtocolError => new ProtocolError(1000, 'x', details);
    if (text === undefined) expect(create()).toMatchObject(details);
    else expect(create).toThrow(new RangeError(text));
    expect(ErrorInfo.check({ code: 1000, ...details })).toHaveLength(text === undefined ? 0 : 1);
  });

  it('that was modified to have other details is not sent', () => {
    const error = Object.assign(new ProtocolError('MUTED', 'x'), { reason: 'a b' });
    expect(sendableError(error)).toBe(undefined);
    expect(sendableError(Object.assign(new ProtocolError('MUTED', 'x'), { untilMs: 5 }))).toBe(undefined);
    const good = new ProtocolError('MUTED', 'x', DETAILS);
    expect(sendableError(good)).toBe(good);
  });
});

describe('an ErrorInfo', () => {
  it('has the details, and their defaults', () => {
    expect(createErrorInfo(new ProtocolError('MUTED', 'x', DETAILS))).toMatchObject(DETAILS);
    expect(createErrorInfo(new ProtocolError('MUTED', 'x'))).toMatchObject({ userMessage: '', reason: '', untilMs: 0n });
  });

  it('has at most 512 bytes of the text for the user', () => {
    const text = (userMessage: string) => createErrorInfo(new ProtocolError('MUTED', 'x', { userMessage })).userMessage;
    expect([text('a'.repeat(511)), text('a'.repeat(512))]).toEqual(['a'.repeat(511), 'a'.repeat(512)]);
    expect(text('a'.repeat(513))).toMatch(/^a{400,512}$/);
    expect(text('禁'.repeat(10_000))).toMatch(/^禁{150,170}$/);
  });
});

/** The error that a client gets for a request that the server refuses. */
function refused(version: number, error: ProtocolError): unknown {
  const client = new ClientSession({ ...PLAIN, versions: [version], login: { accessToken: 't' } }, 0);
  const server = new ServerSession({ ...PLAIN, versions: [1, 2] }, 0);
  const pass = (): void => {
    for (let i = 0; i < 3; i++) {
      for (const frame of client.takeBytes()) server.receive(frame, 0);
      for (const frame of server.takeBytes()) client.receive(frame, 0);
    }
  };
  client.open(0, '');
  pass();
  for (const event of server.takeEvents()) if (event.type === 'login') server.acceptLogin(event.sequence, SENDER, 0);
  pass();
  client.takeEvents();
  client.request({ cmd: 1000 }, 0);
  pass();
  for (const event of server.takeEvents()) if (event.type === 'message') server.refuse(event.message.sequence, error, 0);
  pass();
  return client.takeEvents().find(({ type }) => type === 'failed');
}

it.each([1, 2])('a client of version %d gets the details of a refusal', (version) => {
  const error = new ProtocolError(1001, 'x', DETAILS);
  expect(refused(version, error)).toMatchObject({ error: { code: 1001, ...DETAILS } });
});

it('a client of version 1 gets the older code with the details of the error', () => {
  const error = new ProtocolError('MUTED', 'x', DETAILS);
  expect(refused(1, error)).toMatchObject({ error: { code: 'PERMISSION_DENIED', ...DETAILS } });
  expect(refused(2, error)).toMatchObject({ error: { code: 'MUTED', ...DETAILS } });
});

describe('features', () => {
  const agreed = (ofClient: readonly string[] | undefined, ofServer: readonly string[] | undefined) => {
    const client = new ClientSession({ ...PLAIN, features: ofClient }, 0);
    const server = new ServerSession({ ...PLAIN, features: ofServer }, 0);
    client.open(0, '');
    for (const frame of client.takeBytes()) server.receive(frame, 0);
    for (const frame of server.takeBytes()) client.receive(frame, 0);
    expect(client.agreement?.features).toEqual(server.agreement?.features);
    return { offered: client.hello.features, features: client.agreement?.features };
  };
  const ALL = ['sync', 'streams', 'calls', 'presence', 'rooms'];

  it('a client offers all but deflate, and a server has none, by default', () => {
    expect(agreed(undefined, undefined)).toEqual({ offered: ALL, features: [] });
  });

  it('those that a server lists are agreed on', () => {
    expect(agreed(undefined, ['rooms', 'sync'])).toEqual({ offered: ALL, features: ['sync', 'rooms'] });
  });

  it('the option replaces the default of a client, and deflate needs its own option', () => {
    expect(agreed(['com.example.x', 'deflate'], ['sync', 'com.example.x', 'deflate'])).toEqual({
      offered: ['com.example.x'],
      features: ['com.example.x'],
    });
  });
});
