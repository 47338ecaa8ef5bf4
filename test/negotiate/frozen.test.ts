// What is frozen for ever (version 0), as literals: a change of one of these lines is a change of the protocol that cannot be made.
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { HelloTable, RejectTable, WelcomeTable } from '../../generated/im/protocol/v1/handshake.codec.js';
import { ERRORS } from '../../src/errors.js';
import { GREASE_VERSIONS, HANDSHAKE_MAX_FRAME_BYTES } from '../../src/limits.js';
import type { MessageTable } from '../../src/wire/table.js';

/** `1 versions list uint32`; fields that a later release adds are passed over. */
function fields(table: MessageTable, count: number): string[] {
  return table.fields
    .slice(0, count)
    .map(({ number, name, kind, key, type }) => [number, name, kind, key, type].filter((part) => part !== undefined).join(' '));
}

describe('frozen for ever', () => {
  it('are the fields of Hello', () => {
    expect(fields(HelloTable, 5)).toEqual([
      '1 versions list uint32',
      '2 features list string',
      '3 maxFrameBytes uint32',
      '4 agent string',
      '5 commandDigests map uint32 fixed32',
    ]);
  });

  it('are the fields of Welcome', () => {
    expect(fields(WelcomeTable, 8)).toEqual([
      '1 version uint32',
      '2 features list string',
      '3 maxFrameBytes uint32',
      '4 heartbeatIntervalMs uint32',
      '5 serverTimeMs int64',
      '6 connectionId string',
      '7 versions list uint32',
      '8 offeredVersions list uint32',
    ]);
  });

  it('are the fields of Reject', () => {
    expect(fields(RejectTable, 4)).toEqual([
      '1 code enum',
      '2 message string',
      '3 versions list uint32',
      '4 retryAfterMs uint32',
    ]);
  });

  it('are the errors of the handshake', () => {
    const numbers = Object.entries(ERRORS).filter(([, { number }]) => number < 16);
    expect(Object.fromEntries(numbers.map(([name, { number }]) => [name, number]))).toEqual({
      NO_COMMON_VERSION: 1,
      COMMAND_CONFLICT: 2,
      MALFORMED_HELLO: 3,
      OVERLOADED: 4,
      HANDSHAKE_TIMEOUT: 5,
      DOWNGRADE_DETECTED: 6,
    });
  });

  it('are the size of a handshake frame and the versions of grease', () => {
    expect(HANDSHAKE_MAX_FRAME_BYTES).toBe(16_384);
    expect(GREASE_VERSIONS).toEqual([10, 26, 42, 58, 74, 90, 106, 122]);
  });

  it('are the names of the published commands', () => {
    const names = Object.fromEntries(Object.entries(COMMANDS).map(([number, { name }]) => [number, name]));
    expect(names).toMatchObject({
      1: 'LOGIN',
      2: 'HEARTBEAT',
      3: 'FORCE_LOGOUT',
      4: 'PRIVATE_MESSAGE',
      5: 'GROUP_MESSAGE',
      6: 'SYSTEM_MESSAGE',
      7: 'SEND_RESULT',
      8: 'ERROR',
      9: 'DRAIN',
    });
  });
});
