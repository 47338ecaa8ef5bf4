// What the readers of the input tell besides bytes.
import { say } from '../output.js';
import type { Verdict } from '../streams.js';

export interface Talk {
  /** What one should know, and is no fault of the input. */
  warn(text: string): void;
  /** Something is not valid; it goes on behind that. */
  wrong(text: string): void;
  /** The input ends too early. */
  cut(text: string): void;
}

/** @param quiet leaves out what is no fault. @param verdict learns of what is one. */
export function createTalk(quiet: boolean, verdict: Verdict): Talk {
  return {
    warn: (text) => {
      if (!quiet) say(text);
    },
    wrong: (text) => {
      verdict.isInvalid = true;
      say(text);
    },
    cut: (text) => {
      verdict.isTruncated = true;
      say(text);
    },
  };
}
