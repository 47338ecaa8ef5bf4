// Which messages are in the document: a part of those that are loaded, so that a long conversation stays fast.

export interface MessageWindow {
  /** The first message of the window; undefined = FIRST_COUNT before its end. */
  readonly firstKey?: string | undefined;
  /** The last one; undefined = the window ends with the newest message, also when others come. */
  readonly lastKey?: string | undefined;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Keyed {
  readonly key: string;
}

const FIRST_COUNT = 60;
const STEP = 60;
const MAX_COUNT = 240;

/** The indices of the window: from `start` to before `end`. */
export function rangeOf(messages: readonly Keyed[], { firstKey, lastKey }: MessageWindow): Range {
  const last = lastKey === undefined ? -1 : messages.findLastIndex(({ key }) => key === lastKey);
  const end = last === -1 ? messages.length : last + 1;
  const first = firstKey === undefined ? -1 : messages.findIndex(({ key }) => key === firstKey);
  const start = first === -1 || first >= end ? Math.max(0, end - FIRST_COUNT) : first;
  return { start, end };
}

/** Earlier messages, and fewer of the latest ones. */
export function earlier(messages: readonly Keyed[], { start, end }: Range): MessageWindow {
  const from = Math.max(0, start - STEP);
  return windowOf(messages, from, Math.min(end, from + MAX_COUNT));
}

/** Later messages, and fewer of the earliest ones. */
export function later(messages: readonly Keyed[], { start, end }: Range): MessageWindow {
  const to = Math.min(messages.length, end + STEP);
  return windowOf(messages, Math.max(start, to - MAX_COUNT), to);
}

/** The message at an index, with others around it. */
export function around(messages: readonly Keyed[], index: number): MessageWindow {
  return windowOf(messages, Math.max(0, index - STEP / 2), Math.min(messages.length, index + STEP / 2));
}

/** At the end of the conversation: drops the earliest ones once they are many. */
export function trimmed(messages: readonly Keyed[], { start, end }: Range): MessageWindow | undefined {
  return end === messages.length && end - start > MAX_COUNT ? {} : undefined;
}

function windowOf(messages: readonly Keyed[], start: number, end: number): MessageWindow {
  return { firstKey: messages[start]?.key, lastKey: end === messages.length ? undefined : messages[end - 1]?.key };
}
