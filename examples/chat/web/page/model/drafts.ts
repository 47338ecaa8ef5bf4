// Texts that were written but not sent, by conversation. They outlive the page.

const PREFIX = 'draft ';

export class Drafts {
  readonly #user: string;
  readonly #texts = new Map<string, string>();

  /** @param user Drafts of another user of this browser are not shown. */
  constructor(user: string) {
    this.#user = `${PREFIX}${user} `;
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(this.#user)) this.#texts.set(name.slice(this.#user.length), localStorage.getItem(name)!);
    }
  }

  get all(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  get(key: string): string {
    return this.#texts.get(key) ?? '';
  }

  set(key: string, text: string): void {
    if (text.trim() === '') {
      this.#texts.delete(key);
      localStorage.removeItem(this.#user + key);
    } else {
      this.#texts.set(key, text);
      localStorage.setItem(this.#user + key, text);
    }
  }
}
