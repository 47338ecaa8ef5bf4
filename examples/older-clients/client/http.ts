// Calls of an older client to its platform, over HTTP.

/** Answers are `{code, message, data}`. */
interface Result {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresIn: number;
  readonly refreshToken: string;
  readonly refreshTokenExpiresIn: number;
}

/** An answer with another code than 200. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const SUCCESS = 200;
const INVALID_TOKEN = 401;

export class Http {
  readonly #origin: string;
  #tokens: Tokens | undefined;

  /** @param origin `http://127.0.0.1:8080` */
  constructor(origin: string) {
    this.#origin = origin;
  }

  get accessToken(): string {
    return this.#tokens?.accessToken ?? '';
  }

  async login(terminal: number, userName: string, password: string): Promise<void> {
    this.#tokens = (await this.#send('POST', '/login', {}, { terminal, userName, password })) as Tokens;
  }

  get(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<unknown> {
    return this.#call('GET', `${path}?${new URLSearchParams(texts(query))}`);
  }

  put(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<unknown> {
    return this.#call('PUT', `${path}?${new URLSearchParams(texts(query))}`);
  }

  delete(path: string): Promise<unknown> {
    return this.#call('DELETE', path);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#call('POST', path, body);
  }

  /** A call whose token has expired is repeated with a new one. */
  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = (): Record<string, string> => (this.#tokens === undefined ? {} : { accessToken: this.accessToken });
    try {
      return await this.#send(method, path, headers(), body);
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== INVALID_TOKEN || this.#tokens === undefined) throw error;
      this.#tokens = (await this.#send('PUT', '/refreshToken', { refreshToken: this.#tokens.refreshToken })) as Tokens;
      return this.#send(method, path, headers(), body);
    }
  }

  async #send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<unknown> {
    const json = { ...headers, 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers: json, body: JSON.stringify(body) };
    const answer = (await (await fetch(this.#origin + path, init)).json()) as Result;
    if (answer.code !== SUCCESS) throw new CallError(answer.code, answer.message);
    return answer.data;
  }
}

function texts(query: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}
