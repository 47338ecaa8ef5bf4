import { describe, expect, it } from 'vitest';
import { codeOf, isTransient, protocolError } from '../../src/rocketmq/client-errors.js';

const withCode = (code: number, text = 'text') => Object.assign(new Error(text), { code });

describe('errors of the official client', () => {
  it.each([
    [14, '[CLOSED] RocketMQ (code 14): text', true],
    [4, '[TIMEOUT] RocketMQ (code 4): text', true],
    [13, '[INTERNAL] RocketMQ (code 13): text', true],
    [40_006, '[INVALID_MESSAGE] RocketMQ (code 40006): text', false],
    [40_100, '[UNAUTHENTICATED] RocketMQ (code 40100): text', false],
    [40_300, '[PERMISSION_DENIED] RocketMQ (code 40300): text', false],
    [40_402, '[INVALID_MESSAGE] topic: the broker has no such topic', false],
    [40_403, '[INVALID_MESSAGE] group: the broker has no such consumer group', false],
    [41_301, '[FRAME_TOO_LARGE] RocketMQ (code 41301): text', false],
    [42_900, '[RATE_LIMITED] RocketMQ (code 42900): text', true],
    [43_101, '[INVALID_MESSAGE] RocketMQ (code 43101): text', false],
    [50_001, '[INTERNAL] RocketMQ (code 50001): text', true],
  ])('%i', (code, text, passes) => {
    const error = withCode(code);
    expect([protocolError(error).message, isTransient(error)]).toEqual([text, passes]);
  });

  it('without a code are internal, and do not pass', () => {
    const error = new TypeError('text');
    expect([protocolError(error).message, protocolError(error).cause, isTransient(error)]).toEqual([
      '[INTERNAL] RocketMQ: text',
      error,
      false,
    ]);
    expect(protocolError('text').message).toBe('[INTERNAL] RocketMQ: text');
  });

  it('quote RocketMQ with nothing that acts on a terminal', () => {
    expect(protocolError(withCode(50_001, 'a\u009b\u202e\nb')).message).toBe(
      '[INTERNAL] RocketMQ (code 50001): a\\u009b\\u202e\\nb',
    );
  });

  it('have the code of what caused them', () => {
    expect(codeOf(new Error('startup failed', { cause: new Error('routes', { cause: withCode(40_402) }) }))).toBe(40_402);
  });

  it('tell of a group that is not there by their text', () => {
    const error = withCode(50_001, '[request-id=undefined, response-code=50001] subscription group [g_nope] does not exist');
    expect(protocolError(error).message).toBe('[INVALID_MESSAGE] group: the broker has no such consumer group');
    expect(isTransient(error)).toBe(false);
  });

  it('that are ours already stay as they are', () => {
    const ours = protocolError(withCode(14));
    expect(protocolError(ours)).toBe(ours);
  });
});
