/** A built program of interop/. */
export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built programs of a language. Optional ones are covered by another language with the same library. */
export interface Programs {
  /** Answers vectors line by line, for `im-protocol vectors`. */
  readonly vectors?: Program;
  /** Reads frames from standard input and prints a line for each: message name, space, ProtoJSON. */
  readonly readFrames?: Program;
  /** Writes three frames to standard output (streams/own-frames.ts). */
  readonly writeFrames: Program;
  /** Runs the program in vectors/README.md from standard input. */
  readonly snippets?: Program;
  /** Runs the tests of its frame reader; a failure shows in the exit code. */
  readonly readerTests?: Program;
  /** Client and server for the tests over sockets (live/). */
  readonly live?: { readonly client: Program; readonly server: Program };
}

export interface Language {
  readonly name: string;
  /** Requirements besides Node and npm. */
  readonly needs: string;
  /** Vectors with known differences of the protobuf library, and descriptions: reported, but not failures. */
  readonly differences: Readonly<Record<string, string>>;
  /** If the protobuf library does not keep unknown fields: a description. A known difference, too. */
  readonly unknownFields?: string;
  /** Requests that the program does not answer, with reasons. */
  readonly leavesOut: Readonly<Record<string, string>>;
  /** Generates the messages, downloads dependencies and builds the programs. */
  prepare(): Promise<Programs>;
}
