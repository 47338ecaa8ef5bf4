/** A difference between the schema of the last release and the current one that is visible on the wire. */
export interface Change {
  /** Full name of what changed: `im.protocol.v1.LoginInfo.access_token`. */
  readonly place: string;
  /** The change, with both values. */
  readonly text: string;
  /** `never`: not allowed in any release. `new version`: allowed in a release with a new protocol version. */
  readonly allowed: 'never' | 'new version';
}

/** Collects changes. */
export class Changes {
  readonly list: Change[] = [];

  constructor(readonly place: string) {}

  /** Never allowed: a tightened rule, a reused number or custom option. */
  never(text: string): void {
    this.list.push({ place: this.place, text, allowed: 'never' });
  }

  /** Needs a new version: an addition that is not ignorable, or a loosened rule. */
  newVersion(text: string): void {
    this.list.push({ place: this.place, text, allowed: 'new version' });
  }

  /** A value that must not change. */
  fixed(name: string, before: unknown, after: unknown): void {
    const [old, now] = [shown(before), shown(after)];
    if (old !== now) this.never(`${name} changed from ${old} to ${now}`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return String(value);
}
