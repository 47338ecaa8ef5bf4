// What the two directions of a connection know of each other while they carry HTTP.

/** What HTTP the two sides of a connection have sent. */
export class Exchange {
  /** Methods of the requests that have no answer yet, as long as both sides were captured from their beginning without a gap. */
  #methods: string[] | undefined = [];
  /** Answers that were captured before their requests. */
  #early = 0;
  /** The subprotocols that the client offered last. */
  offered: readonly string[] | undefined;
  /** What the server picked when it opened the WebSocket: none or one. */
  picked: readonly string[] | undefined;
  #waiting: (() => void)[] = [];

  /** A direction has no beginning, or has a gap: which answer belongs to which request is not known any more. */
  loseOrder(): void {
    this.#methods = undefined;
  }

  request(method: string): void {
    if (this.#early > 0) this.#early--;
    else if (this.#methods?.push(method) === MAX_REQUESTS) this.loseOrder();
  }

  /** The method of the request that an answer belongs to, if that is known. */
  answer(): string | undefined {
    const method = this.#methods?.shift();
    if (method === undefined) this.#early++;
    return method;
  }

  /** The server has answered every request, and opened no WebSocket. */
  get isRefused(): boolean {
    return this.picked === undefined && this.#methods?.length === 0;
  }

  accept(picked: readonly string[]): void {
    this.picked = picked;
    this.decide();
  }

  /** The subprotocols by which it is judged whose WebSocket it is: the server's pick, or the client's offer where it picked none. */
  get subprotocols(): readonly string[] {
    return this.picked !== undefined && this.picked.length > 0 ? this.picked : (this.offered ?? []);
  }

  /** Calls back once the server has opened the WebSocket, or cannot do it any more. */
  whenDecided(callback: () => void): void {
    this.#waiting.push(callback);
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whoever waits for the server goes on. */
  decide(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

/** So many requests without an answer are remembered. */
const MAX_REQUESTS = 1000;
