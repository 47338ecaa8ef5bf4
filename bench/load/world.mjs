// Who takes part, the same in the process of the server and in that of the clients.
import { createHash } from 'node:crypto';
import { ascii, chinese } from '../messages.mjs';

/** Of Terminal: every user is on a phone. */
export const TERMINAL = { number: 2, name: 'APP' };
/** The ids that the server assigns count up from here: 61 bits, as of a snowflake generator. */
export const FIRST_MESSAGE_ID = (1n << 60n) + 123_456_789_012_345n;
/** How often clients give a sign of life: so rarely that none falls into a measurement. */
export const HEARTBEAT_INTERVAL_MS = 600_000;

/** Creates `count` users: { id, idText, token }, with ids of 61 bits and tokens of 43 characters. */
export function users(count) {
  return Array.from({ length: count }, (_, i) => {
    const digest = createHash('sha256').update(`user ${i}`).digest();
    const id = (1n << 60n) | (digest.readBigUInt64BE() >> 4n);
    return { id, idText: String(id), token: digest.toString('base64url') };
  });
}

/** The group that everyone is in. */
export const [GROUP] = users(1);

/** As long as the chat messages of the other benchmarks, in turn ASCII and Chinese. */
const TEXTS = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? ascii(20 + 6 * i) : chinese(6 + 3 * i)));

/** What a message says: different for each number, and of realistic length. */
export function content(number) {
  const clientMessageId = `c-${String(number).padStart(19, '0')}`;
  return { clientMessageId, sentAtMs: Date.now(), text: TEXTS[number % TEXTS.length] };
}
