/** One difference between the schema of the last release and the present one that somebody could notice on the wire. */
export interface Change {
  /** Full name of what changed: `im.protocol.v1.LoginInfo.access_token`. */
  readonly place: string;
  /** What changed, with both values. */
  readonly text: string;
  /** `never`: no release may do it. `new version`: a release that raises the version of the protocol may. */
  readonly allowed: 'never' | 'new version';
}

/** Collects the changes of one place. */
export class Changes {
  readonly list: Change[] = [];

  constructor(readonly place: string) {}

  /** "No rule is tightened and no number or custom option reused": nothing excuses this. */
  never(text: string): void {
    this.list.push({ place: this.place, text, allowed: 'never' });
  }

  /** "A release that adds anything not ignorable, or loosens a rule, is a new version." */
  newVersion(text: string): void {
    this.list.push({ place: this.place, text, allowed: 'new version' });
  }

  /** A value that may not change at all. */
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
