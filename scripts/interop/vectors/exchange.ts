// The line protocol of vectors/README.md ("Line by line").

export interface Request {
  readonly name: string;
  /** To decode. */
  readonly hex?: string;
  readonly settings?: object;
  /** To encode: a frame in ProtoJSON. */
  readonly json?: object;
}

export interface Answer {
  readonly name: string;
  readonly ok: boolean;
  /** The decoded frame; left out where the language has no ProtoJSON for it. */
  readonly json?: object;
  /** The frame, encoded. */
  readonly hex?: string;
  /** A name of the enum ErrorCode. */
  readonly error?: string;
}
