// A queue of received bytes. Bytes within one chunk are returned as views; only bytes that span chunks are copied.

export class ByteQueue {
  readonly #chunks: Buffer[] = [];
  /** Position in the first chunk. */
  #at = 0;
  #length = 0;
  #position = 0;

  /** Bytes in the queue. */
  get length(): number {
    return this.#length;
  }

  /** Position of the next byte in the input. */
  get position(): number {
    return this.#position;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.#length += bytes.length;
  }

  /** The next `count` bytes; undefined if the queue has fewer. */
  peek(count: number): Buffer | undefined {
    if (count > this.#length) return undefined;
    const parts: Buffer[] = [];
    for (let i = 0, at = this.#at, left = count; left > 0; i++, at = 0) {
      const part = this.#chunks[i].subarray(at, at + left);
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  take(count: number): Buffer | undefined {
    const bytes = this.peek(count);
    if (bytes !== undefined) this.drop(count);
    return bytes;
  }

  /** Drops up to `count` bytes and returns how many were dropped. */
  drop(count: number): number {
    const dropped = Math.min(count, this.#length);
    this.#length -= dropped;
    this.#position += dropped;
    this.#at += dropped;
    let whole = 0;
    while (whole < this.#chunks.length && this.#at >= this.#chunks[whole].length) this.#at -= this.#chunks[whole++].length;
    this.#chunks.splice(0, whole);
    return dropped;
  }
}
