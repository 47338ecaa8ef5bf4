import { describe, expect, it } from 'vitest';
import { checkReject, createReject } from '../../src/negotiate/index.js';
import { thrownBy } from '../thrown-by.js';
import { issuesOf } from './issues-of.js';
import { helloWith } from './universe.js';

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('createReject', () => {
  it('says the code alone by default', () => {
    expect(createReject('HANDSHAKE_TIMEOUT')).toEqual({ code: 5, message: '', versions: [], retryAfterMs: 0 });
  });

  it('takes over what it is given, as a copy', () => {
    const versions = Object.freeze([1, 2]);
    const reject = createReject('OVERLOADED', { message: 'full', versions, retryAfterMs: 5000 });
    expect(reject).toEqual({ code: 4, message: 'full', versions: [1, 2], retryAfterMs: 5000 });
    reject.versions.push(3);
    expect(versions).toEqual([1, 2]);
  });

  it('is read by the client as the same error', () => {
    const error = checkReject(
      helloWith({}),
      createReject('MALFORMED_HELLO', { message: 'expected Hello as the first frame, got SendInfo' }),
    );
    expect(error.message).toBe(
      '[MALFORMED_HELLO] the server refused the connection with error 3: "expected Hello as the first frame, got SendInfo"',
    );
  });

  it('keeps a message of 511 and 512 bytes, and cuts a longer one', () => {
    const message = (text: string) => createReject('OVERLOADED', { message: text }).message;
    expect(message('a'.repeat(511))).toBe('a'.repeat(511));
    expect(message('a'.repeat(512))).toBe('a'.repeat(512));
    expect(message('a'.repeat(513))).toMatch(/^a{400,512}$/);
    expect(message('a'.repeat(100_000))).toMatch(/^a{400,512}$/);
    expect(message('满'.repeat(170))).toBe('满'.repeat(170));
    expect(message('满'.repeat(171))).toMatch(/^满{130,170}$/);
  });

  it('leaves no half character, whatever it cuts', () => {
    for (let length = 120; length < 200; length++) {
      const { message } = createReject('OVERLOADED', { message: 'x'.repeat(length % 4) + '😀'.repeat(length) });
      expect(message.isWellFormed()).toBe(true);
      expect(bytes(message)).toBeLessThanOrEqual(512);
    }
    expect(createReject('OVERLOADED', { message: '\ud800' }).message).toBe('\ufffd');
  });

  it('takes 32 versions and no more', () => {
    const versions = (count: number) => Array.from({ length: count }, (_, i) => 1 + i);
    expect(createReject('OVERLOADED', { versions: versions(31) }).versions).toHaveLength(31);
    expect(createReject('OVERLOADED', { versions: versions(32) }).versions).toHaveLength(32);
    expect(issuesOf(() => createReject('OVERLOADED', { versions: versions(33) }))).toEqual(['versions max_items']);
  });

  it('takes a wait of a day and no more', () => {
    const wait = (retryAfterMs: number) => createReject('OVERLOADED', { retryAfterMs }).retryAfterMs;
    expect([wait(86_399_999), wait(86_400_000)]).toEqual([86_399_999, 86_400_000]);
    expect(issuesOf(() => wait(86_400_001))).toEqual(['retryAfterMs max']);
    expect(thrownBy(() => wait(86_400_001)).message).toBe(
      '[INVALID_MESSAGE] Reject breaks 1 rule: retryAfterMs: got 86400001, limit 86400000',
    );
  });
});
