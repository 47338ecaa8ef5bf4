import type { JsonContent } from './conversation.js';
import { facts } from './facts.js';

/** How the file names an id that only the platform knows. */
const ID_OF = 'id of ';
const LARGEST_SAFE = 2n ** 53n;

/** The ids that the platform gave to the messages of the file, as its clients learn them. */
export class MessageIds {
  readonly #ids = new Map<string, Set<bigint>>();

  /** A client got the id of a message. */
  note(clientMessageId: string, id: bigint): void {
    const ids = this.#ids.get(clientMessageId) ?? new Set();
    this.#ids.set(clientMessageId, ids.add(id));
  }

  /** A content of the file, with ids in the place of `id of <clientMessageId>`. */
  resolve(content: JsonContent): JsonContent {
    return mapIds(content, (text) => String(this.idOf(text.slice(ID_OF.length)))) as JsonContent;
  }

  /** The reverse of `resolve`. */
  unresolve(content: JsonContent): JsonContent {
    return mapIds(content, (id) => `${ID_OF}${this.messageOf(BigInt(id))}`) as JsonContent;
  }

  idOf(clientMessageId: string): bigint {
    const [id] = this.#ids.get(clientMessageId) ?? [];
    if (id === undefined) throw new Error(`no device knows the id of ${clientMessageId}`);
    return id;
  }

  /** The name of a message in the file; its id, where nobody has noted it. */
  messageOf(id: bigint): string {
    return [...this.#ids].find(([, ids]) => ids.has(id))?.[0] ?? String(id);
  }

  /** A fact for each message whose id is as it should be. */
  facts(): string[] {
    return [...this.#ids].filter(([, ids]) => this.#isOneOfItsOwn(ids)).map(([message]) => facts.hasOneId(message));
  }

  #isOneOfItsOwn(ids: ReadonlySet<bigint>): boolean {
    const [id] = ids;
    return ids.size === 1 && id > LARGEST_SAFE && [...this.#ids.values()].filter((others) => others.has(id)).length === 1;
  }
}

/** Replaces each `messageId` in a content. */
function mapIds(value: unknown, map: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapIds(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'messageId' ? map(String(item)) : mapIds(item, map)]),
  );
}
