import { describe, expect, it } from 'vitest';
import { checkSendInfo, SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { Issue } from '../../src/errors.js';
import { invalidMessage, issuesOf } from '../../src/validate.js';
import { issue } from './issue.js';

const of = (value: unknown): Issue[] => issuesOf(SendInfoTable, checkSendInfo, value);
const login = { $case: 'login', value: { accessToken: 'a' } };

describe('issuesOf', () => {
  it('finds nothing in a valid message', () => {
    expect(of({ cmd: 1, data: login })).toEqual([]);
  });

  it('judges the types first, and the rules where the types are right', () => {
    expect(of({ cmd: 0, sequence: 1n })).toEqual([issue('sequence', 'type', 'expected number, got bigint')]);
    expect(of({ cmd: 0, sequence: 1 })).toEqual([issue('cmd', 'min', 'got 0, at least 1')]);
  });

  it('takes any value', () => {
    expect(of(undefined)).toEqual([issue('', 'type', 'expected object, got undefined')]);
  });
});

describe('invalidMessage', () => {
  it('tells all that is wrong', () => {
    const issues = of({ cmd: 1, data: { $case: 'login', value: { accessToken: 'x'.repeat(8193), deviceId: ' ' } } });
    const error = invalidMessage(issues, 'SendInfo');
    expect(error.message).toBe(
      '[INVALID_MESSAGE] SendInfo breaks 2 rules: login.accessToken: got 8193 bytes, limit 8192; login.deviceId: character 0 is not in [!-~]',
    );
    expect(error).toMatchObject({ code: 'INVALID_MESSAGE', path: 'login.accessToken', issues });
  });

  it('calls a message by its short name, and the message itself by none', () => {
    const issues = of({ cmd: 1, sequence: 1, replyTo: 1, data: login });
    const error = invalidMessage(issues, 'im.protocol.v1.SendInfo');
    expect(error.message).toBe('[INVALID_MESSAGE] SendInfo breaks 1 rule: got sequence and replyTo, at most one is allowed');
    expect(error.path).toBe('');
  });

  it('is COMMAND_DATA_MISMATCH if nothing else is wrong', () => {
    const error = invalidMessage(of({ cmd: 2, data: login }), 'SendInfo');
    expect(error.message).toBe('[COMMAND_DATA_MISMATCH] SendInfo breaks 1 rule: data: HEARTBEAT carries heartbeat, got login');
    expect(error).toMatchObject({ code: 'COMMAND_DATA_MISMATCH', path: 'data' });
  });

  it('is INVALID_MESSAGE if something else is wrong too', () => {
    const error = invalidMessage(of({ cmd: 2, sequence: 1, replyTo: 1, data: login }), 'SendInfo');
    expect(error.message).toBe(
      '[INVALID_MESSAGE] SendInfo breaks 2 rules: got sequence and replyTo, at most one is allowed; data: HEARTBEAT carries heartbeat, got login',
    );
  });

  it('has a bounded text, and all issues', () => {
    const issues = of({ cmd: 1, data: { $case: 'groupMessage', value: { receiverTerminals: new Array(3000).fill('x') } } });
    const error = invalidMessage(issues, 'SendInfo');
    expect(error.issues).toHaveLength(1000);
    expect(error.message).toBe(
      `[INVALID_MESSAGE] SendInfo breaks at least 1000 rules: ${Array.from({ length: 8 }, (_, i) => `groupMessage.receiverTerminals[${i}]: expected number, got string`).join('; ')}; and 992 more`,
    );
  });

  it('cuts an issue that is very long', () => {
    const error = invalidMessage([issue('next.'.repeat(80), 'depth', 'nested deeper than 100')], 'Tree');
    expect(error.message).toBe(`[INVALID_MESSAGE] Tree breaks 1 rule: ${'next.'.repeat(60)}…`);
  });
});
