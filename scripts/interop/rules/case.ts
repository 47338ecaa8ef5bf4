/** A message that is given to protovalidate. */
export interface Case {
  /** The vector, or the number of the random message. */
  readonly name: string;
  /** Full name of the message. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A step of a path, as the programs print it: the field or oneof, and the index or key. */
export type Step = readonly [field: string, subscript: string | null];

/** What a program prints for a message: the path of each violation. */
export type Answer = readonly (readonly Step[])[] | { readonly error: string };
