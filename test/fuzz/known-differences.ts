/** Where a peer refuses bytes that the specification takes. That it reads another value is never allowed. */
export interface KnownDifference {
  readonly peer: string;
  /** The peer's error. */
  readonly shows: RegExp;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    peer: 'protobufjs',
    shows: /^Error: one key of a map twice$/,
    reason: 'in maps with keys of 64 bits, keeps an entry whose key was left out beside one whose key is 0',
  },
  {
    peer: 'protobufjs',
    shows: /^Error: invalid length encoding$/,
    reason: 'takes lengths of at most 5 bytes; the specification takes padded ones of up to 10',
  },
  {
    peer: '@bufbuild/protobuf',
    shows:
      /^Error: (?:cannot decode message \S+ from binary: maximum recursion depth of 100 reached|maximum recursion depth reached)$/,
    reason: 'counts the outermost message as a level, so that it takes 99 levels below it; the specification takes 100',
  },
];
