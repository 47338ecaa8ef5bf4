// HTTP state that the two directions of a connection share until the connection becomes a WebSocket, or does not.

/** Maximum requests without a response that are tracked. */
const MAX_REQUESTS = 1000;

export class Exchange {
  /** Methods of the requests without a response; undefined once the order is lost. */
  #methods: string[] | undefined = [];
  /** Responses that were captured before their requests. */
  #early = 0;
  /** The subprotocols of the client's last request. */
  offered: readonly string[] | undefined;
  /** The subprotocol that the server picked when it opened the WebSocket: none or one. */
  picked: readonly string[] | undefined;
  #waiting: (() => void)[] = [];

  /** A direction has a gap or no beginning: responses can no longer be matched with requests. */
  loseOrder(): void {
    this.#methods = undefined;
  }

  request(method: string): void {
    if (this.#early > 0) this.#early--;
    else if (this.#methods?.push(method) === MAX_REQUESTS) this.loseOrder();
  }

  /** Matches a response: returns the method of its request, if known. */
  response(): string | undefined {
    const method = this.#methods?.shift();
    if (method === undefined) this.#early++;
    return method;
  }

  /** The server has responded to every request and opened no WebSocket. */
  get isRefused(): boolean {
    return this.picked === undefined && this.#methods?.length === 0;
  }

  accept(picked: readonly string[]): void {
    this.picked = picked;
    this.decide();
  }

  /** The subprotocol that the server picked, else those that the client offered. */
  get subprotocols(): readonly string[] {
    return this.picked !== undefined && this.picked.length > 0 ? this.picked : (this.offered ?? []);
  }

  /** Calls back once the server has opened the WebSocket, or cannot open it any more. */
  whenDecided(callback: () => void): void {
    this.#waiting.push(callback);
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Runs all callbacks of `whenDecided`. */
  decide(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}
