// Where a device keeps its conversations: an ordered map from text to bytes, whose batches are atomic.

/** An entry of a SyncStorage. */
export type SyncEntry = readonly [key: string, value: Uint8Array];

/** A range of keys, compared by UTF-16 code units as JavaScript compares strings. All keys are ASCII. */
export interface SyncKeyRange {
  /** The first key of the range. */
  readonly from: string;
  /** The first key after the range. */
  readonly to: string;
}

/** Which entries `list` returns. */
export interface SyncList extends SyncKeyRange {
  /** Maximum number of entries: 1 or more. */
  readonly limit: number;
  /** From the last key down. Default false. */
  readonly reverse?: boolean | undefined;
}

/** Changes that a storage applies all or not at all: first `deleteRanges`, then `deletes`, then `puts`. */
export interface SyncBatch {
  /** The number of batches that the storage had applied when the values were read from which this batch was computed. */
  readonly revision: number;
  readonly deleteRanges: readonly SyncKeyRange[];
  readonly deletes: readonly string[];
  readonly puts: readonly SyncEntry[];
}

/**
 * A storage for one user. Keys are ASCII, at most 1100 characters. A value belongs to the storage once it was written, and to the caller once
 * it was read; neither side changes it.
 *
 * If a method fails, synchronization stops until the next connection, and nothing was written.
 */
export interface SyncStorage {
  /** The number of batches that were applied so far, by any writer. */
  revision(): Promise<number>;
  /** The values of the keys, in their order; undefined for a key without a value. */
  get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** The first entries of a range, or the last ones with `reverse`. */
  list(query: SyncList): Promise<readonly SyncEntry[]>;
  /**
   * Applies a batch, all of it or nothing, also through a crash, and adds 1 to the revision. Resolves with false, and applies nothing, if
   * `batch.revision` is not the present revision: another writer, such as another tab, was faster.
   */
  write(batch: SyncBatch): Promise<boolean>;
  /** Another writer of the same data calls back through this. Left out by a storage that has no other writers. */
  onForeignWrite?: (() => void) | undefined;
  /** Releases files, locks and handles. The storage is not used afterwards. */
  close(): Promise<void>;
}
