// The cursor of SYNC: a position in the user's inbox, and how far the chain of pages is. Every instance of the platform reads it.

/** Where a device stands. */
export interface Cursor {
  /** The device has the inbox up to this position. */
  readonly after: bigint;
  /** The chain of pages ends at this position; 0 = no chain is under way. */
  readonly upTo: bigint;
  /** The chain lists the conversations, and has listed those up to this place; undefined = it does not list. */
  readonly place?: number | undefined;
}

/** Layout: version, storage id, user id, after, upTo, place + 1. Numbers are big-endian. */
const VERSION = 1;
const BYTES = 1 + 8 * 4 + 4;

/** "A cursor is a position only, never authority": the ids are there to notice a cursor of another user or storage. */
export function encodeCursor({ after, upTo, place = -1 }: Cursor, storageId: bigint, userId: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(BYTES));
  view.setUint8(0, VERSION);
  for (const [i, value] of [storageId, userId, after, upTo].entries()) view.setBigUint64(1 + 8 * i, value);
  view.setUint32(33, place + 1);
  return new Uint8Array(view.buffer);
}

/** Undefined for a cursor that is unreadable, or of another user or storage. */
export function decodeCursor(bytes: Uint8Array, storageId: bigint, userId: bigint): Cursor | undefined {
  if (bytes.length !== BYTES || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  const [storage, user, after, upTo] = [0, 1, 2, 3].map((i) => view.getBigUint64(1 + 8 * i));
  if (storage !== storageId || user !== userId) return undefined;
  const listed = view.getUint32(33);
  return listed === 0 ? { after, upTo } : { after, upTo, place: listed - 1 };
}
