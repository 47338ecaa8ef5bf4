// A progress line for long input, if stderr is a terminal.

const AFTER_MS = 1000;
const EVERY_MS = 200;
const CLEAR_REST = '\u001b[K';

/** The terminal and the clock of a progress line. */
export interface Terminal {
  write(text: string): void;
  /** Milliseconds. */
  now(): number;
}

/** Undefined if nobody would see the line, or if the output goes to the same terminal. */
export function progressTerminal(quiet: boolean): Terminal | undefined {
  if (quiet || process.stderr.isTTY !== true || process.stdout.isTTY === true) return undefined;
  return { write: (text) => void process.stderr.write(text), now: () => performance.now() };
}

/**
 * Passes on chunks and updates the progress line.
 * @param size total bytes, if known.
 */
export async function* withProgress(
  chunks: AsyncIterable<Uint8Array>,
  size: number | undefined,
  terminal: Terminal | undefined,
): AsyncGenerator<Uint8Array> {
  if (terminal === undefined) {
    yield* chunks;
    return;
  }
  const start = terminal.now();
  let bytes = 0;
  let shown: number | undefined;
  try {
    for await (const chunk of chunks) {
      yield chunk;
      bytes += chunk.length;
      const now = terminal.now();
      if (now - start < AFTER_MS || now - (shown ?? 0) < EVERY_MS) continue;
      shown = now;
      // The cursor returns: the next message overwrites the line.
      terminal.write(`${lineOf(bytes, size, now - start)}${CLEAR_REST}\r`);
    }
  } finally {
    if (shown !== undefined) terminal.write(CLEAR_REST);
  }
}

function lineOf(bytes: number, size: number | undefined, elapsedMs: number): string {
  const megabytes = bytes / 1e6;
  // A file may have grown since it was opened.
  const share =
    size === undefined ? '' : ` of ${(size / 1e6).toFixed(0)} MB, ${Math.min(100, Math.floor((bytes / size) * 100))}%`;
  return `${megabytes.toFixed(0)} MB${share}, ${(megabytes / (elapsedMs / 1000)).toFixed(0)} MB/s`;
}
