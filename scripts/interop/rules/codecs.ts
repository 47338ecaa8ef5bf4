// The codecs whose verdict is compared: those of the installed package, and those of the fixtures with every kind of rule.

import { type Issue, isProtocolError } from '../../../src/errors.js';
import type { Codec } from '../../../src/wire/codec.js';
import * as fixtures from '../../../test/fixtures/generated/im/fixture/v1/rules.codec.js';

/** What this package says of a message. */
export interface Verdict {
  readonly issues: readonly Issue[];
  /** The decoder refused the message before it read all of it, so that no other issue is known. */
  readonly isPartial: boolean;
}

type AnyCodec = Codec<unknown, never>;

export class Codecs {
  private readonly byType = new Map<string, AnyCodec>();

  /** @param index the entry of the package, with the codecs of its messages. */
  constructor(index: object) {
    for (const module of [index, fixtures]) {
      for (const value of Object.values(module)) if (isCodec(value)) this.byType.set(value.generated.table.name, value);
    }
  }

  has(type: string): boolean {
    return this.byType.has(type);
  }

  /** Whether the bytes are a message, which may break rules. */
  decodes(type: string, bytes: Uint8Array): boolean {
    try {
      this.judge(type, bytes);
      return true;
    } catch {
      return false;
    }
  }

  /** @throws ProtocolError for bytes that are no message. */
  judge(type: string, bytes: Uint8Array): Verdict {
    const codec = this.byType.get(type);
    if (codec === undefined) throw new Error(`no codec of ${type}`);
    try {
      return { issues: codec.check(codec.decode(bytes)), isPartial: false };
    } catch (error) {
      // "The decoder refuses more before it reads them": `max_items`.
      const issues = isProtocolError(error, 'INVALID_MESSAGE') ? error.issues : undefined;
      if (issues === undefined) throw error;
      return { issues, isPartial: true };
    }
  }
}

function isCodec(value: unknown): value is AnyCodec {
  return typeof value === 'object' && value !== null && 'generated' in value && 'check' in value;
}
