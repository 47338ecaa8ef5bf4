// The HTTP of one direction: hands out the heads, and passes over what stands between them. It keeps no more than a head.
import { type Body, headEnd, isHttpStart, MAX_HEAD_BYTES, type RequestHead, type ResponseHead, readHead } from './http-head.js';

/** What stands behind a head: `upgrade` = HTTP ends here. */
export type Behind = Body | 'upgrade';

/** What is in front: a head, its body, or the parts of a body in chunks (RFC 9112, section 7.1). */
type State = 'head' | 'body' | 'size' | 'chunk' | 'trailer' | 'rest';

export class HttpMessages {
  #state: State = 'head';
  /** Of a head, or of a line between chunks, what has come. */
  #kept = Buffer.alloc(0);
  /** Bytes of a body that are still to come. */
  #left = 0;

  /** @param onHead says what stands behind a head. */
  constructor(private readonly onHead: (head: RequestHead | ResponseHead) => Behind) {}

  /**
   * Takes the next bytes.
   * @returns what follows HTTP, once it has ended: behind an upgrade, or with what is not HTTP.
   */
  push(bytes: Uint8Array): { readonly rest: Buffer; readonly isUpgrade: boolean } | undefined {
    let rest: Buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    while (rest.length > 0) {
      if (this.#state === 'rest') return undefined;
      if (this.#state === 'body' || this.#state === 'chunk') {
        const size = Math.min(this.#left, rest.length);
        this.#left -= size;
        rest = rest.subarray(size);
        if (this.#left === 0) this.#state = this.#state === 'body' ? 'head' : 'size';
        continue;
      }
      this.#kept = this.#kept.length === 0 ? Buffer.from(rest) : Buffer.concat([this.#kept, rest]);
      const end = this.#state === 'head' ? this.#headEnd() : lineEnd(this.#kept);
      if (end === undefined) {
        const isFine = this.#kept.length <= MAX_HEAD_BYTES && (this.#state !== 'head' || isHttpStart(this.#kept));
        return isFine ? undefined : this.#notHttp();
      }
      const text = this.#kept.toString('latin1', 0, end);
      if (this.#state === 'head') {
        const head = isHttpStart(this.#kept) ? readHead(text) : undefined;
        if (head === undefined) return this.#notHttp();
        const behind = this.onHead(head);
        if (behind === 'upgrade') return { rest: this.#takeKept(end), isUpgrade: true };
        this.#skip(behind);
      } else if (!this.#line(text.trim())) return this.#notHttp();
      rest = this.#takeKept(end);
    }
    return undefined;
  }

  #headEnd(): number | undefined {
    // "A server SHOULD ignore at least one empty line received prior to the request-line."
    let start = 0;
    while (this.#kept[start] === 13 || this.#kept[start] === 10) start++;
    this.#kept = this.#kept.subarray(start);
    return headEnd(this.#kept);
  }

  #skip(body: Body): void {
    if (body === 'chunks') this.#state = 'size';
    else if (body === 'rest') this.#state = 'rest';
    else {
      this.#left = body;
      this.#state = body > 0 ? 'body' : 'head';
    }
  }

  /** A line between chunks. False for none of HTTP. */
  #line(line: string): boolean {
    if (this.#state === 'trailer') {
      if (line === '') this.#state = 'head';
      return true;
    }
    const size = /^([0-9a-f]{1,12})[ \t]*(;|$)/i.exec(line)?.[1];
    if (size === undefined) return false;
    // The line break behind the chunk counts with it.
    this.#left = Number.parseInt(size, 16) + 2;
    this.#state = this.#left > 2 ? 'chunk' : 'trailer';
    return true;
  }

  #notHttp(): { readonly rest: Buffer; readonly isUpgrade: boolean } {
    return { rest: this.#takeKept(0), isUpgrade: false };
  }

  #takeKept(from: number): Buffer {
    const rest = this.#kept.subarray(from);
    this.#kept = Buffer.alloc(0);
    return rest;
  }
}

function lineEnd(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(10);
  return at < 0 ? undefined : at + 1;
}
