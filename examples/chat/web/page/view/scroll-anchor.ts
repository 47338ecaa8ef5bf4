// Keeps a list in place while messages come before, after and between those on the screen.

/** The list follows new messages if it is at most this far from the end, in pixels. */
const END_PX = 40;

export class ScrollAnchor {
  #anchor: { readonly item: HTMLElement; readonly top: number } | undefined;
  /** Whether the newest message is on the screen, and the next one will be too. */
  isAtEnd = true;

  constructor(readonly scroller: HTMLElement) {}

  /** Remembers what is on the screen. */
  remember(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    const top = this.scroller.getBoundingClientRect().top;
    const item = this.items().find((candidate) => candidate.getBoundingClientRect().bottom > top);
    this.#anchor = item && { item, top: item.getBoundingClientRect().top };
  }

  /** Scrolls so that what was on the screen is where it was, or that the end is in view. */
  restore(): void {
    if (this.isAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    else if (this.#anchor?.item.isConnected) {
      this.scroller.scrollTop += this.#anchor.item.getBoundingClientRect().top - this.#anchor.top;
    }
  }

  /** The last message of which the beginning is on the screen. */
  lastVisible(): HTMLElement | undefined {
    const bottom = this.scroller.getBoundingClientRect().bottom;
    return this.items().findLast((item) => item.getBoundingClientRect().top < bottom);
  }

  items(): HTMLElement[] {
    return [...this.scroller.querySelectorAll<HTMLElement>('li[data-key]')];
  }
}
