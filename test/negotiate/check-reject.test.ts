import { describe, expect, it } from 'vitest';
import type { Reject } from '../../generated/im/protocol/v1/handshake.js';
import { ERRORS, isProtocolError } from '../../src/errors.js';
import { checkReject, peerError } from '../../src/negotiate/index.js';
import { helloWith } from './universe.js';

const hello = helloWith({ versions: [1, 10] });

function reject(fields: Partial<Reject>): Reject {
  return { code: 1, message: '', versions: [], retryAfterMs: 0, ...fields };
}

describe('checkReject', () => {
  it('returns the error of every known code', () => {
    for (const [code, { number }] of Object.entries(ERRORS)) {
      const error = checkReject(hello, reject({ code: number, versions: [2] }));
      expect([error.code, error.properties]).toEqual([code, ERRORS[code as keyof typeof ERRORS]]);
    }
  });

  it('quotes what the server says', () => {
    const error = checkReject(hello, reject({ code: 4, message: 'come back\n[INTERNAL] later' }));
    expect(error.message).toBe('[OVERLOADED] the server refused the connection with error 4: "come back\\n[INTERNAL] later"');
  });

  it('lists the versions of both sides where there is no common one', () => {
    const error = checkReject(hello, reject({ message: 'sorry', versions: [2, 3] }));
    expect(error.message).toBe(
      '[NO_COMMON_VERSION] the server refused the connection with error 1: "sorry" (the Hello offered 1, 10, the Reject lists 2, 3)',
    );
  });

  it('takes a NO_COMMON_VERSION without a list as it is', () => {
    expect(checkReject(hello, reject({ versions: [] })).code).toBe('NO_COMMON_VERSION');
  });

  it('takes a listed version that was offered as a downgrade only with NO_COMMON_VERSION', () => {
    expect(checkReject(hello, reject({ versions: [2, 1] })).code).toBe('DOWNGRADE_DETECTED');
    expect(checkReject(hello, reject({ code: 2, versions: [2, 1] })).code).toBe('COMMAND_CONFLICT');
  });

  it('takes grease on both lists as no common version', () => {
    expect(checkReject(hello, reject({ versions: [10] })).code).toBe('NO_COMMON_VERSION');
  });

  it.each([0, 7, 15, 30, 45, 999, -1])('counts the unknown code %i as an INTERNAL that may not be sent again', (code) => {
    const error = checkReject(hello, reject({ code, versions: [1] }));
    expect(isProtocolError(error, 'INTERNAL')).toBe(true);
    expect(error.message).toBe(`[INTERNAL] the server refused the connection with error ${code}: ""`);
    expect(error.properties).toEqual({ number: code, closes: false, reconnect: false, retry: false, local: false });
    expect(error.closeCode).toBe(4043);
  });
});

it.each([1000, 2_147_483_647])('the code %i of a Reject is one of the application, with its number and its wait', (code) => {
  const error = checkReject(hello, reject({ code, versions: [1], retryAfterMs: 700 }));
  expect([error.code, error.closeCode, error.retryAfterMs]).toEqual([code, 4043, 700]);
  expect(error.properties).toEqual({ number: code, closes: false, reconnect: false, retry: false, local: false });
});

describe('peerError', () => {
  it('keeps what is known of the place', () => {
    const error = peerError(25, 'the peer refused the message', { path: 'data' });
    expect(error).toMatchObject({
      code: 'INVALID_MESSAGE',
      path: 'data',
      message: '[INVALID_MESSAGE] the peer refused the message',
    });
    expect(peerError(777, 'x', { path: 'data' })).toMatchObject({ code: 'INTERNAL', path: 'data', name: 'ProtocolError' });
  });

  it('tells an INTERNAL of the peer, which may be sent again, from an unknown number', () => {
    expect(peerError(43, 'x').properties.retry).toBe(true);
    expect(peerError(45, 'x').properties.retry).toBe(false);
  });
});
