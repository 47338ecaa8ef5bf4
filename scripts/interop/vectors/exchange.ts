// The lines of `im-protocol vectors` (docs/cli.md), as far as they are asked here.

export type Request = { readonly id: number; readonly vector: string; readonly settings: object } & (
  | { readonly op: 'decode'; readonly hex: string }
  | { readonly op: 'encode'; readonly frame: object }
);

export interface Answer {
  readonly id: number;
  /** The decoded frame. */
  readonly frame?: object;
  /** The frame, encoded; to `decode` too, where our programs say what they make of the message again. */
  readonly hex?: string;
  readonly error?: { readonly code: string };
  /** Why there is no answer, or no `frame`: the JSON of the language has none for this message. */
  readonly skip?: string;
}
