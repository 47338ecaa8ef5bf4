import type { Frame } from '@im/protocol';

/** Receives each hop of a message. */
export interface Trace {
  /** A frame went from one part to another. */
  frame(from: string, to: string, frame: Frame, bytes: number, ...notes: string[]): void;
  /** Something that is no frame: a call, a line of a log, the end of a connection. */
  event(from: string, to: string, what: string, text: string): void;
}

/** The name of a server, here and in its topics. */
export function serverName(id: number): string {
  return `im-${id}`;
}
