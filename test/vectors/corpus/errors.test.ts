// Every error code that bytes or a handshake can lead to has a vector, and the others have a reason.
import { describe, expect, it } from 'vitest';
import { allVectorsOf, type ExpectedError, FRAME_FILES } from '../load.js';
import { decodedVectors } from './decoded.js';
import { schema } from './protocol.js';

/** What no vector has, because neither bytes nor the answer to a Hello alone lead to it. */
const NOT_FROM_BYTES: Readonly<Record<string, string>> = {
  UNSUPPORTED_COMMAND: 'an unknown command is decoded; what answers requests refuses it',
  LOSSY_DOWNGRADE: 'of a writer: the message has what an older version cannot carry, and version 1 is the oldest',
  UNAUTHENTICATED: 'said by the application that checks the token',
  LOGIN_REQUIRED: 'of a session: depends on what came before',
  PERMISSION_DENIED: 'said by the application, or of a session: depends on who is logged in',
  RATE_LIMITED: 'said by the application',
  FORCED_LOGOUT: 'of a server: another device logged in',
  REPLACED: 'of a server: the same device logged in again',
  DRAINING: 'of a server that is going to close',
  SLOW_CONSUMER: 'of a server: a queue is full',
  IDLE_TIMEOUT: 'a deadline',
  TIMEOUT: 'a deadline',
  CLOSED: 'of a session whose connection is gone',
};

const frames = FRAME_FILES.flatMap(allVectorsOf);
const handshakes = allVectorsOf('handshake');
const outcomes = allVectorsOf('streams').flatMap((vector) => vector.outcomes ?? []);

const ofBytes = codesOf(frames.map(({ error }) => error));
const invalid = codesOf(outcomes.map((outcome) => ('invalid' in outcome ? outcome.invalid : undefined)));
const broken = codesOf(outcomes.map((outcome) => ('break' in outcome ? outcome.break : undefined)));
const ofClient = codesOf(handshakes.map(({ check }) => check?.error));
const ofServer = handshakes.map(({ negotiate }) =>
  (negotiate?.reject as { code?: string } | undefined)?.code?.replace('ERROR_CODE_', ''),
);

const codes = schema.enums
  .get('im.protocol.v1.ErrorCode')!
  .values.filter(({ number }) => number > 0)
  .map(({ name, number }) => ({ name: name.replace('ERROR_CODE_', ''), number }));

describe('an error code', () => {
  it.each(codes)('$name has a vector, or a reason', ({ name }) => {
    const isShown = [ofBytes, invalid, broken, ofClient, new Set(ofServer)].some((shown) => shown.has(name));
    expect(isShown).toBe(NOT_FROM_BYTES[name] === undefined);
  });

  it('that has a reason exists', () => {
    expect(codes.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(NOT_FROM_BYTES)));
  });

  // "Broken framing (errors 16 to 19)", "a sound frame that cannot be accepted (errors 20 to 28)"
  it.each(codes.filter(({ number }) => number >= 16 && number <= 19))('$name breaks a stream', ({ name }) => {
    expect([ofBytes.has(name), broken.has(name), invalid.has(name)]).toEqual([true, true, false]);
  });

  it.each(codes.filter(({ name, number }) => number >= 20 && number <= 28 && NOT_FROM_BYTES[name] === undefined))(
    '$name leaves the stream alive',
    ({ name }) => {
      expect([ofBytes.has(name), broken.has(name), invalid.has(name)]).toEqual([true, false, true]);
    },
  );
});

/** Malformed for protobuf too, whose other libraries refuse it: this one does not hold nested bytes to their parent. */
const READ_BY_PROTOBUF_ES = [
  'tag-truncated-nested',
  'varint-eleven-bytes-unknown-field',
  'length-over-its-parent-message',
  'length-over-its-parent-packed-list',
  'group-not-ended-before-the-end-of-its-message',
];

it('what a protobuf library reads, and is refused for its bytes, is marked', () => {
  const malformed = decodedVectors.filter(
    ({ vector }) => vector.error?.code === 'MALFORMED_PAYLOAD' && vector.decode !== 'single',
  );
  const isCompressed = (bytes: Uint8Array): boolean => (bytes[7] & 1) === 1;
  const unmarked = malformed.filter(
    ({ vector, bytes, message }) => message && !isCompressed(bytes) && !vector.stricterThanProtobuf,
  );
  expect(unmarked.map(({ vector }) => vector.name)).toEqual(READ_BY_PROTOBUF_ES);
  expect(frames.filter((vector) => vector.stricterThanProtobuf).map(({ error }) => error?.code)).toEqual(
    malformed.filter(({ vector }) => vector.stricterThanProtobuf).map(() => 'MALFORMED_PAYLOAD'),
  );
});

it('good frames stand in front of a break, behind a refused frame, and between two', () => {
  const kinds = allVectorsOf('streams').map((vector) => vector.outcomes!.map((outcome) => Object.keys(outcome)[0]).join(' '));
  for (const order of ['frame break', 'invalid frame', 'frame invalid frame', 'invalid break']) {
    expect(kinds.filter((kind) => kind.includes(order)).length, order).toBeGreaterThan(0);
  }
});

it('the answer to a Hello is a Welcome, or a Reject with each reason that a Hello can give', () => {
  expect(handshakes.some(({ negotiate }) => negotiate?.welcome)).toBe(true);
  for (const code of ['MALFORMED_HELLO', 'NO_COMMON_VERSION', 'COMMAND_CONFLICT']) expect(ofServer).toContain(code);
});

function codesOf(errors: readonly (ExpectedError | undefined)[]): ReadonlySet<string> {
  return new Set(errors.flatMap((error) => error?.code ?? []));
}
