// How many bytes a page may have, so that its frame fits.
import { Command, ReceiveInfo, type ReceiveInfoInit, SendInfo } from '../../generated/models.js';
import {
  DEFAULT_MAX_FRAME_BYTES,
  HANDSHAKE_MAX_FRAME_BYTES,
  HEADER_BYTES,
  LARGEST_FRAME_BYTES,
  TOPIC_BODY_MAX_BYTES,
} from '../limits.js';

/** The frames in which a page travels. */
export interface PageFrame {
  /**
   * The largest whole frame that the client accepts, in bytes, as its Hello or UplinkInfo says: 16384 to 16777219; 0 = 1048576.
   * More than 4194304 counts as that.
   */
  readonly maxFrameBytes: number;
  /** The sequence of the request, which the reply names: 0 to 4294967295. Default 4294967295, which takes the most bytes. */
  readonly replyTo?: number | undefined;
  /**
   * The ReceiveInfo that brings the page to the IM server, whose frame has at most 4194304 bytes: all of it but `cmd` and `data`.
   * Default: none; the page is made by the IM server.
   */
  readonly receiveInfo?: ReceiveInfoInit | undefined;
}

/**
 * The largest encoded SyncPage or HistoryPage with which each frame keeps its limit: that of the SendInfo to the client, and that
 * of the ReceiveInfo, if there is one.
 * @throws RangeError for `maxFrameBytes` out of range.
 * @throws ProtocolError INVALID_MESSAGE for a `receiveInfo` or `replyTo` that cannot be encoded.
 */
export function maxPageBytes({ maxFrameBytes, replyTo = 0xffff_ffff, receiveInfo }: PageFrame): number {
  requireFrameBytes(maxFrameBytes);
  const frameBytes = Math.min(maxFrameBytes || DEFAULT_MAX_FRAME_BYTES, TOPIC_BODY_MAX_BYTES);
  // SYNC and HISTORY take as many bytes, and so do the members of both.
  const toClient = roomIn(frameBytes, SendInfo.encode({ cmd: Command.SYNC, replyTo }).length);
  if (receiveInfo === undefined) return toClient;
  const envelope = ReceiveInfo.encode({ ...receiveInfo, cmd: Command.SYNC, data: undefined }).length;
  return Math.min(toClient, roomIn(TOPIC_BODY_MAX_BYTES, envelope));
}

/** @internal Bytes of a field with a length: its tag, the length, and what follows. */
export function fieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

/** @internal Bytes of an int64 field with a value of 0 or more. */
export function numberBytes(value: bigint): number {
  return value === 0n ? 0 : 1 + varintBytes(value);
}

/** Bytes of a tag of the members `sync_page` (21) and `history_page` (23). */
const PAGE_TAG_BYTES = 2;

/** What is left for a page in a frame: the length before it takes bytes too. */
function roomIn(frameBytes: number, envelopeBytes: number): number {
  const room = frameBytes - HEADER_BYTES - envelopeBytes - PAGE_TAG_BYTES;
  const candidates = [1, 2, 3, 4].map((lengthBytes) => Math.min(room - lengthBytes, 2 ** (7 * lengthBytes) - 1));
  return Math.max(0, ...candidates);
}

function varintBytes(value: number | bigint): number {
  let bytes = 1;
  for (let rest = BigInt(value) >> 7n; rest > 0n; rest >>= 7n) bytes++;
  return bytes;
}

function requireFrameBytes(maxFrameBytes: number): void {
  const isWithin = maxFrameBytes >= HANDSHAKE_MAX_FRAME_BYTES && maxFrameBytes <= LARGEST_FRAME_BYTES;
  if (maxFrameBytes === 0 || (Number.isInteger(maxFrameBytes) && isWithin)) return;
  const expected = `expected 0 or ${HANDSHAKE_MAX_FRAME_BYTES} to ${LARGEST_FRAME_BYTES}`;
  throw new RangeError(`maxFrameBytes: ${expected}, got ${maxFrameBytes}`);
}
