/** A program of interop/ that is ready to be run. */
export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A language, once its programs are built. What is left out another language of the same library shows. */
export interface Programs {
  /** Answers vectors, line by line, for `im-protocol vectors`. */
  readonly vectors?: Program;
  /** Reads a stream of frames from standard input and prints a line for each: name of the type, space, ProtoJSON. */
  readonly readFrames?: Program;
  /** Writes three frames of its own to standard output (streams/own-frames.ts). */
  readonly writeFrames: Program;
  /** Runs the program in vectors/README.md from standard input. */
  readonly snippets?: Program;
  /** The tests of its frame reader; they fail with an exit code. */
  readonly readerTests?: Program;
  /** For the exchange over a socket (live/). */
  readonly live?: { readonly client: Program; readonly server: Program };
}

export interface Language {
  readonly name: string;
  /** What the programs need besides Node and npm. */
  readonly needs: string;
  /** Vectors on which its protobuf library is known to differ, with what it does: such a failure is told, and does not count. */
  readonly differences: Readonly<Record<string, string>>;
  /** What becomes of unknown fields, where its protobuf library does not keep them: known as well. */
  readonly unknownFields?: string;
  /** Requests of the line protocol that its program does not answer, with the reason. */
  readonly leavesOut: Readonly<Record<string, string>>;
  /** Generates the messages and builds the programs; fetches what they need. */
  prepare(): Promise<Programs>;
}
