// Ids of messages that clients of the older system can hold: their JavaScript compares ids as doubles, which are exact below 2^53.

/** 2025-01-01T00:00:00Z. */
const EPOCH_MS = 1_735_689_600_000;
/** Ids for each millisecond: 4096. With 41 bits of time there are ids until 2094. */
const ID_BITS = 12n;
const MAX_TIME = 2n ** (53n - ID_BITS);

/**
 * The first id of a process that starts now: above all ids that an earlier one has given, unless that gave more than 4096 a millisecond.
 * @throws RangeError for a time before the epoch, or after the last id.
 */
export function firstMessageId(nowMs: number): bigint {
  const time = BigInt(nowMs - EPOCH_MS);
  if (time < 0n || time >= MAX_TIME)
    throw new RangeError(`expected a time from ${EPOCH_MS} to ${BigInt(EPOCH_MS) + MAX_TIME - 1n}, got ${nowMs}`);
  return (time << ID_BITS) + 1n;
}
