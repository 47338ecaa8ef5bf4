import type { ProtocolError } from '../errors.js';
import { MAX_DEPTH } from '../limits.js';
import { invalidMessage } from '../validate.js';
import { entryPath, quotedKey } from '../wire/issues.js';
import type { FieldTable, MessageTable } from '../wire/table.js';

/** Position of a value in a message: a linked list towards the root. Its path is built only for an error. */
export class Place {
  private constructor(
    private readonly parent: Place | undefined,
    private readonly step: string | { readonly key: unknown } | undefined,
    /** Number of messages around a message at this place. */
    readonly depth: number,
    /** Full name of the message at the root. */
    readonly root: string,
    /** The value is a secret, which no error shows. */
    readonly secret: boolean,
  ) {}

  static root(table: MessageTable): Place {
    return new Place(undefined, undefined, 0, table.name, false);
  }

  /** A field of the message at this place. */
  field({ name, json, sensitive }: Pick<FieldTable, 'name' | 'json' | 'sensitive'>): Place {
    return new Place(this, json ?? name, this.depth + 1, this.root, this.secret || sensitive === true);
  }

  /** A name in JSON that is not a field: a oneof, `@type`, an unknown key. */
  named(name: string): Place {
    return new Place(this, name, this.depth + 1, this.root, this.secret);
  }

  /** An element of the list or map at this place. @param levels number of messages in between, as in a Struct. */
  item(key: unknown, levels = 0): Place {
    return new Place(
      this,
      { key: this.secret && typeof key === 'string' ? '***' : key },
      this.depth + levels,
      this.root,
      this.secret,
    );
  }

  /** The same place, for a nested message that JSON does not show as a level. */
  nested(): Place {
    return new Place(this, undefined, this.depth + 1, this.root, this.secret);
  }

  /** The path: `receivers[3].userIds[7]`, `properties["k"]`; empty at the root. */
  toString(): string {
    const steps: string[] = [];
    for (let place: Place | undefined = this; place !== undefined; place = place.parent) steps.push(place.stepText());
    return steps.reverse().join('').replace(/^\./, '');
  }

  private stepText(): string {
    if (this.step === undefined) return '';
    if (typeof this.step !== 'string') return entryPath('', this.step.key);
    return /^[\w$@]{1,64}$/.test(this.step) ? `.${this.step}` : `[${quotedKey(this.step)}]`;
  }
}

/** The error for a value that cannot be read or written: INVALID_MESSAGE with this one issue. */
export function invalid(at: Place, rule: string, message: string): ProtocolError {
  return invalidMessage([{ path: at.toString(), rule, message }], at.root);
}

/** Refuses messages "nested deeper than MAX_DEPTH". This also bounds Anys in Anys, which no decoder has checked. */
export function checkDepth(at: Place): void {
  if (at.depth > MAX_DEPTH) throw invalid(at, 'depth', `nested deeper than ${MAX_DEPTH}`);
}
