// The frames of the connection, for the developer's panel: recorded while it is closed, too.
import type { RecordedFrame } from './recorded-frame.js';

/** Older ones go. */
export const MAX_FRAMES = 500;

export class FrameLog {
  #frames: RecordedFrame[] = [];
  /** Frames since the page was opened. */
  total = 0;
  /** The panel that is open. */
  listener: ((frame: RecordedFrame) => void) | undefined;

  get frames(): readonly RecordedFrame[] {
    return this.#frames;
  }

  add(frame: RecordedFrame): void {
    this.total += 1;
    if (this.#frames.length === MAX_FRAMES) this.#frames.shift();
    this.#frames.push(frame);
    this.listener?.(frame);
  }

  clear(): void {
    this.#frames = [];
  }
}
