// "A progress line on long input when stderr is a terminal."

const AFTER_MS = 1000;
const EVERY_MS = 200;

export class Progress {
  #bytes = 0;
  #shown = 0;
  readonly #start = Date.now();
  readonly #isOn: boolean;

  /** @param size all bytes, if that is known. */
  constructor(
    quiet: boolean,
    private readonly size: number | undefined,
  ) {
    // On the same terminal as the data, it would be in its way.
    this.#isOn = !quiet && process.stderr.isTTY === true && process.stdout.isTTY !== true;
  }

  /** The same chunks, counted. */
  async *counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of chunks) {
      yield bytes;
      this.#bytes += bytes.length;
      if (this.#isOn) this.#show();
    }
  }

  end(): void {
    if (this.#shown > 0) process.stderr.write('\r\u001b[K');
  }

  #show(): void {
    const now = Date.now();
    if (now - this.#start < AFTER_MS || now - this.#shown < EVERY_MS) return;
    this.#shown = now;
    const megabytes = this.#bytes / 1e6;
    const share =
      this.size === undefined ? '' : ` of ${(this.size / 1e6).toFixed(0)} MB, ${Math.floor((this.#bytes / this.size) * 100)}%`;
    const speed = (megabytes / ((now - this.#start) / 1000)).toFixed(0);
    process.stderr.write(`\r${megabytes.toFixed(0)} MB${share}, ${speed} MB/s\u001b[K`);
  }
}
