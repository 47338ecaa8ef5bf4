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
    return this.#mapRecall(content, (text) => String([...this.#ids.get(text.slice(ID_OF.length))!][0]));
  }

  /** The reverse of `resolve`. */
  unresolve(content: JsonContent): JsonContent {
    return this.#mapRecall(content, (id) => `${ID_OF}${this.#messageOf(BigInt(id))}`);
  }

  /** A fact for each message whose id is as it should be. */
  facts(): string[] {
    return [...this.#ids].filter(([, ids]) => this.#isOneOfItsOwn(ids)).map(([message]) => facts.hasOneId(message));
  }

  #isOneOfItsOwn(ids: ReadonlySet<bigint>): boolean {
    const [id] = ids;
    return ids.size === 1 && id > LARGEST_SAFE && [...this.#ids.values()].filter((others) => others.has(id)).length === 1;
  }

  #messageOf(id: bigint): string {
    return [...this.#ids].find(([, ids]) => ids.has(id))?.[0] ?? String(id);
  }

  #mapRecall(content: JsonContent, map: (id: string) => string): JsonContent {
    const recall = content.recall as { messageId: string } | undefined;
    return recall === undefined ? content : { ...content, recall: { messageId: map(recall.messageId) } };
  }
}
