// How callbacks of an application are called: whatever one does, nothing is thrown on, and no rejection stays unhandled.
import { inertText } from './wire/quoted.js';

/** Which callback failed, and what it was about. */
export interface CallbackContext {
  /** The name of the option: `message`, `onLogin`, `trace`. */
  readonly callback?: string | undefined;
}

/** Gets what a callback threw or rejected with. It may do so itself: that goes to stderr. */
export type OnError<Context extends CallbackContext> = (error: unknown, context: Context) => unknown;

/**
 * Calls a callback, and hands over what it returns: at once, or once, when a promise (or anything with a `then`) has resolved.
 * @param done must not throw.
 * @param failed gets what the callback threw or rejected with. Must not throw.
 */
export function settle<T>(call: () => T | PromiseLike<T>, done: (value: T) => void, failed: (error: unknown) => void): void {
  let value: T | PromiseLike<T>;
  try {
    value = call();
    if (isThenable(value)) {
      void follow(value, done, failed);
      return;
    }
  } catch (error) {
    failed(error);
    return;
  }
  done(value);
}

/** Calls a callback whose result nobody needs. */
export function run(call: () => unknown, failed: (error: unknown) => void): void {
  settle(call, () => {}, failed);
}

/** What reports errors to `onError`, or, where there is none, as a line on stderr. It never throws. */
export function errorReporter<Context extends CallbackContext>(
  onError: OnError<Context> | undefined,
): (error: unknown, context: Context) => void {
  if (onError === undefined) return printError;
  return (error, context) =>
    run(
      () => onError(error, context),
      (thrown) => {
        printError(error, context);
        printError(thrown, { callback: 'onError' });
      },
    );
}

/** A text for anything that can be thrown. Never throws. */
export function textOfThrown(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    // Node fails with an error without a text where several addresses of a host were tried in vain: it has a code.
    return String(error.message) || String((error as { code?: unknown }).code ?? error.name);
  } catch {
    return 'an error that cannot be shown';
  }
}

/** `await` sees to it that one outcome counts, and that a `then` that throws is one. */
async function follow<T>(value: PromiseLike<T>, done: (value: T) => void, failed: (error: unknown) => void): Promise<void> {
  let resolved: T;
  try {
    resolved = await value;
  } catch (error) {
    failed(error);
    return;
  }
  done(resolved);
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof (value as PromiseLike<T>).then === 'function';
}

const LONGEST_LINE = 2000;

/** The default of all `onError`: one line by `console.error`, which is stderr in Node. Never throws. */
export function printError(error: unknown, { callback, ...facts }: CallbackContext): void {
  const about = Object.entries(facts).filter(([, value]) => value !== undefined);
  const where = about.map(([name, value]) => `${name} ${identity(value)}`).join(', ');
  const line = `@im/protocol: ${callback ?? 'error'}: ${described(error)}${where === '' ? '' : ` (${where})`}`;
  printLine(inertText(line.slice(0, LONGEST_LINE)));
}

/** The class of an error, its text, and where it was thrown. */
function described(error: unknown): string {
  try {
    if (!(error instanceof Error)) return textOfThrown(error);
    const place = String(error.stack).match(/^ *(at .*)$/m);
    return `${error.name}: ${textOfThrown(error)}${place === null ? '' : ` ${place[1]}`}`;
  } catch {
    return textOfThrown(error);
  }
}

/** A connection has an id, a user a number. */
function identity(value: unknown): string {
  const { id, userId } = value as { id?: unknown; userId?: unknown };
  return String(id ?? userId ?? value);
}

function printLine(line: string): void {
  // Absent in a bare engine. Node's console goes on where stderr is closed.
  const { console } = globalThis as unknown as { console?: { error(line: string): void } };
  try {
    console?.error(line);
  } catch {
    // There is nobody left to hear of it.
  }
}
