// ProtocolErrors with numbers of an application.
import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../generated/im/protocol/v1/error_info.codec.js';
import { Reject } from '../../generated/im/protocol/v1/handshake.codec.js';
import { ERRORS, type ErrorName, isProtocolError, ProtocolError } from '../../src/errors.js';
import { MAX_RETRY_AFTER_MS } from '../../src/limits.js';
import { createReject } from '../../src/negotiate/index.js';
import { createErrorInfo } from '../../src/session/index.js';

describe('a ProtocolError', () => {
  it.each([1000, 1001, 2_147_483_647])('has the number %d of an application', (code) => {
    const error = new ProtocolError(code, 'no', { retryAfterMs: 5 });
    expect([error.code, error.message, error.retryAfterMs, error.closeCode]).toEqual([code, `[${code}] no`, 5, 4043]);
    expect([isProtocolError(error, code), isProtocolError(error, 'INTERNAL'), error instanceof ProtocolError]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([999, 43, 0, -1, 1000.5, 2_147_483_648, Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %d', (code) => {
    expect(() => new ProtocolError(code, 'x')).toThrow(
      new RangeError(`code of an application error: expected an integer from 1000 to 2147483647, got ${code}`),
    );
  });

  it('takes a wait up to a day', () => {
    const wait = (retryAfterMs: number) => new ProtocolError('RATE_LIMITED', 'x', { retryAfterMs }).retryAfterMs;
    expect([wait(0), wait(1), wait(86_399_999), wait(86_400_000)]).toEqual([undefined, 1, 86_399_999, 86_400_000]);
    for (const bad of [86_400_001, -1, 0.5, Number.NaN])
      expect(() => wait(bad)).toThrow(new RangeError(`retryAfterMs: expected an integer from 0 to 86400000, got ${bad}`));
  });

  it('has properties for a name that only a newer release has', () => {
    const error = new ProtocolError('NEWER' as ErrorName, 'x');
    expect(error.properties).toEqual({ ...ERRORS.INTERNAL, retry: false });
    expect(error.closeCode).toBe(4043);
  });

  it.each(Object.keys(ERRORS) as ErrorName[])('%s has a close code that a WebSocket may use', (code) => {
    expect(new ProtocolError(code, 'x').closeCode).toBe(4000 + ERRORS[code].number);
  });

  it('is sent with its number and its wait', () => {
    const error = new ProtocolError(1001, 'no', { retryAfterMs: 5 });
    expect(createErrorInfo(error)).toMatchObject({ code: 1001, message: 'no', command: 0, retryAfterMs: 5 });
    expect(createErrorInfo(error, { retryAfterMs: 7 }).retryAfterMs).toBe(7);
    expect(createReject(1001).code).toBe(1001);
  });

  it('waits no longer than the rules of the schema allow', () => {
    expect(ErrorInfo.check({ code: 1, retryAfterMs: MAX_RETRY_AFTER_MS })).toEqual([]);
    expect(ErrorInfo.check({ code: 1, retryAfterMs: MAX_RETRY_AFTER_MS + 1 })).toHaveLength(1);
    expect(Reject.check({ code: 1, retryAfterMs: MAX_RETRY_AFTER_MS })).toEqual([]);
    expect(Reject.check({ code: 1, retryAfterMs: MAX_RETRY_AFTER_MS + 1 })).toHaveLength(1);
  });
});
