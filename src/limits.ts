// All limits and defaults of the library. The numbers come from the schema.
import { DECODER_INFLATED_BYTES, DEFAULT_MAX_FRAME_BYTES, GREASE_VERSIONS, PROTOCOL_VERSION } from '../generated/constants.js';

export {
  ANONYMOUS_MAX_BYTES,
  ANY_TYPE_URL_MAX_BYTES,
  ASSIGNED_VERSIONS_END,
  BURST_FACTOR,
  CHUNK_MAX_BUFFERED_BYTES,
  CLIENT_MAX_WAITING_BYTES,
  CLIENT_MAX_WAITING_MESSAGES,
  CLIENT_WAITING_BYTES,
  CLIENT_WAITING_MESSAGES,
  CLOSE_CODE_BASE,
  CONSUMER_GROUP_MAX_BYTES,
  CRITICAL_FLAGS,
  DEADLINE_TURNS,
  DECODE_AHEAD_BYTES,
  DECODE_AHEAD_FRAMES,
  DEFAULT_CALL_LIFETIME_MS,
  DEFAULT_FRAME_TIMEOUT_MS,
  DEFAULT_GAP_DELAY_MS,
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  DEFAULT_HEARTBEAT_INTERVAL_MS,
  DEFAULT_LOGIN_TIMEOUT_MS,
  DEFAULT_MAX_FRAME_BYTES,
  DEFAULT_MAX_QUEUED_BYTES,
  DEFAULT_PRESENCE_TTL_MS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  DEFAULT_TYPING_EXPIRES_MS,
  DELIVERED_IDS,
  FEATURES,
  FIRST_APPLICATION_ERROR,
  FIRST_APPLICATION_TYPE,
  FLAG_COMPRESSED,
  FLAG_IGNORABLE,
  GREASE_VERSIONS,
  HANDSHAKE_MAX_FRAME_BYTES,
  HEADER_BYTES,
  LARGEST_FRAME_BYTES,
  LEGACY_COMMAND,
  MAX_DEPTH,
  MAX_LENGTH,
  MAX_OPEN_HISTORIES,
  MAX_OPEN_REQUESTS,
  MAX_OPEN_STREAMS,
  MAX_OPEN_SYNCS,
  MAX_PRESENCE_SUBSCRIPTIONS,
  MAX_QUEUED_FRAMES,
  MAX_REFUSALS,
  MAX_RETRY_AFTER_MS,
  MAX_ROOMS,
  MAX_UNDECODED_BYTES,
  MAX_UNDECODED_CHUNKS,
  MERGED_MAX_DEPTH,
  MIN_LENGTH,
  PRESENCE_INTERVAL_MS,
  PROTOCOL_VERSION,
  READ_CHUNK_BYTES,
  RECEIVERS_MAX_IDS,
  RECEIVERS_MAX_LISTS,
  REDELIVERY_MAX_DELAY_MS,
  REFUSAL_WINDOW_MS,
  ROUTE_LIFETIME_MS,
  SERVER_ID_MAX_BYTES,
  SERVER_WAITING_BYTES,
  SERVER_WAITING_MESSAGES,
  SESSION_REFRESH_MS,
  SILENT_HALF_INTERVALS,
  STREAM_MAX_LANES,
  STREAM_MAX_TEXT_BYTES,
  STREAM_MAX_WAITING_CHUNKS,
  STREAM_RESUME_INTERVAL_MS,
  STREAM_SILENCE_MS,
  SYNC_CURSOR_MAX_BYTES,
  SYNC_HELD_BYTES,
  SYNC_HELD_PUSHES,
  TOKEN_RENEWAL_LEAD_MS,
  TOPIC_BODY_MAX_BYTES,
  TOPIC_MAX_BYTES,
  TOPIC_MAX_DELAY_MS,
  TYPING_INTERVAL_MS,
  TYPING_MAX_CONVERSATIONS,
  WRITE_AHEAD_BYTES,
} from '../generated/constants.js';

/** All protocol versions that this release supports, in ascending order. Both sides offer them by default. */
export const PROTOCOL_VERSIONS: readonly number[] = /* @__PURE__ */ versionsUpTo(PROTOCOL_VERSION);

function versionsUpTo(newest: number): readonly number[] {
  const versions = Array.from({ length: newest }, (_, i) => i + 1);
  return Object.freeze(versions.filter((version) => !(GREASE_VERSIONS as readonly number[]).includes(version)));
}

/** Limits of a decoder. */
export interface Limits {
  /** Maximum size of a frame, header included, in bytes: 8 to 16777219. Default 1048576. */
  readonly maxFrameBytes: number;
  /** Maximum frames that one `push` returns; the next `push` returns the rest. Default 131072, enough for any chunk of 1 MiB. */
  readonly maxFramesPerPush: number;
  /**
   * After one `push` has inflated this many bytes, the next `push` returns the rest; a single frame is always inflated. 1 or more. Default
   * 16777216.
   */
  readonly maxInflatedBytesPerPush: number;
}

/** The default limits. */
export const DEFAULT_LIMITS: Limits = /* @__PURE__ */ Object.freeze({
  maxFrameBytes: DEFAULT_MAX_FRAME_BYTES,
  maxFramesPerPush: 131_072,
  maxInflatedBytesPerPush: DECODER_INFLATED_BYTES,
});
