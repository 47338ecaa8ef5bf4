/** What a call returned, or all that callers see of its error. */
export type Outcome<T> = { readonly returned: T } | Readonly<Record<(typeof MEMBERS)[number], unknown>>;

const MEMBERS = ['name', 'message', 'code', 'offset', 'path', 'limit', 'actual', 'issues'] as const;

export function outcome<T>(call: () => T): Outcome<T> {
  try {
    return { returned: call() };
  } catch (error) {
    const { name, message, code, offset, path, limit, actual, issues } = error as Record<string, unknown>;
    return { name, message, code, offset, path, limit, actual, issues };
  }
}
