// not_in: texts that are refused.

/** A set of texts. Asking costs next to nothing where no text of the set has the same length and first character. */
export class Names {
  private readonly all: ReadonlySet<string>;
  private readonly kinds = new Uint8Array(1024);

  constructor(names: readonly string[]) {
    this.all = new Set(names);
    for (const name of names) this.kinds[kindOf(name)] = 1;
  }

  has(text: string): boolean {
    return this.kinds[kindOf(text)] === 1 && this.all.has(text);
  }
}

/** 5 bits of the first character, 5 of the length. */
function kindOf(text: string): number {
  return ((text.charCodeAt(0) & 31) << 5) | (text.length & 31);
}
