import { describe, expect, it } from 'vitest';
import { activeTraceId, activeTraceparent, spanContextOf } from '../../src/otel/index.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const ZEROS = '0'.repeat(32);

describe('spanContextOf', () => {
  it.each([
    ['a trace id', TRACE, { traceId: TRACE, spanId: '8448eb211c80319c', traceFlags: 1, isRemote: true }],
    [
      'a trace id of 64 bits',
      `${'0'.repeat(16)}${SPAN}`,
      { traceId: `${'0'.repeat(16)}${SPAN}`, spanId: SPAN, traceFlags: 1, isRemote: true },
    ],
    [
      'a trace id whose second half is zero',
      `${SPAN}${'0'.repeat(16)}`,
      { traceId: `${SPAN}${'0'.repeat(16)}`, spanId: SPAN, traceFlags: 1, isRemote: true },
    ],
    ['a sampled traceparent', `00-${TRACE}-${SPAN}-01`, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true }],
    ['one that is not sampled', `00-${TRACE}-${SPAN}-00`, { traceId: TRACE, spanId: SPAN, traceFlags: 0, isRemote: true }],
    ['one with other flags', `00-${TRACE}-${SPAN}-ff`, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true }],
    ['one of a later version', `cc-${TRACE}-${SPAN}-02-future`, { traceId: TRACE, spanId: SPAN, traceFlags: 0, isRemote: true }],
  ])('%s is a remote parent', (_what, text, expected) => {
    expect(spanContextOf(text)).toEqual(expected);
  });

  it.each([
    '',
    'chat-17',
    'im-1-1.7',
    ZEROS,
    TRACE.toUpperCase(),
    TRACE.slice(1),
    `${TRACE}0`,
    `${TRACE}\n`,
    `g${TRACE.slice(1)}`,
    `00-${ZEROS}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01-x`,
    `ff-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ])('%j is not a trace id', (text) => {
    expect(spanContextOf(text)).toBeUndefined();
  });
});

it('without an active span, outgoing messages have no trace id', () => {
  expect([activeTraceId(), activeTraceparent()]).toEqual([undefined, undefined]);
});
