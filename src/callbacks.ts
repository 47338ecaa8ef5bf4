// Calls callbacks of the application: no exception propagates, and no rejection stays unhandled.
import { inertText } from './wire/quoted.js';

/** Where a callback failed. */
export interface CallbackContext {
  /** The name of the option: `message`, `onLogin`, `trace`. */
  readonly callback?: string | undefined;
}

/** Called with the error that a callback threw or rejected with. If it fails itself, both errors are printed by `console.error`. */
export type OnError<Context extends CallbackContext> = (error: unknown, context: Context) => unknown;

/**
 * Calls a callback, and `done` with its result, at once, or when the returned promise (any object with a `then`) has resolved.
 * @param done must not throw.
 * @param failed called if the callback threw or rejected. Must not throw.
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

/** Calls a callback and ignores its result. */
export function run(call: () => unknown, failed: (error: unknown) => void): void {
  settle(call, () => {}, failed);
}

/**
 * Calls a function inside of another one of the application, for example in its context. Neither an error of the outer one nor what it does with
 * its argument matters: the function is called once.
 * @param wrap should call its argument, at once.
 * @param failed called if `wrap` threw. Must not throw.
 * @returns what `call` returns. @throws what `call` throws.
 */
export function callWithin<T>(wrap: (call: () => void) => void, call: () => T, failed: (error: unknown) => void): T {
  let outcome: { readonly value: T } | { readonly thrown: unknown } | undefined;
  const callOnce = (): void => {
    if (outcome !== undefined) return;
    try {
      outcome = { value: call() };
    } catch (thrown) {
      outcome = { thrown };
    }
  };
  try {
    wrap(callOnce);
  } catch (error) {
    failed(error);
  }
  callOnce();
  if ('thrown' in outcome!) throw outcome.thrown;
  return outcome!.value;
}

/** A function that reports errors to `onError`, or by `printError` without one. It never throws. */
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
    // An AggregateError of Node, for several addresses of a host, has only a code.
    return String(error.message) || String((error as { code?: unknown }).code ?? error.name);
  } catch {
    return 'an error that cannot be shown';
  }
}

/** `await` handles a `then` that throws, or calls back twice. */
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

/** The default of `onError`: prints one line by `console.error`, which is stderr in Node. Never throws. */
export function printError(error: unknown, { callback, ...facts }: CallbackContext): void {
  const about = Object.entries(facts).filter(([, value]) => value !== undefined);
  const where = about.map(([name, value]) => `${name} ${identity(value)}`).join(', ');
  const line = `@im/protocol: ${callback ?? 'error'}: ${described(error)}${where === '' ? '' : ` (${where})`}`;
  printLine(inertText(line.slice(0, LONGEST_LINE)));
}

/** Name, text and origin of an error. */
function described(error: unknown): string {
  try {
    if (!(error instanceof Error)) return textOfThrown(error);
    const place = String(error.stack).match(/^ *(at .*)$/m);
    return `${error.name}: ${textOfThrown(error)}${place === null ? '' : ` ${place[1]}`}`;
  } catch {
    return textOfThrown(error);
  }
}

/** The id of a connection or a user. */
function identity(value: unknown): string {
  const { id, userId } = value as { id?: unknown; userId?: unknown };
  return String(id ?? userId ?? value);
}

function printLine(line: string): void {
  // A bare engine has no console.
  const { console } = globalThis as unknown as { console?: { error(line: string): void } };
  try {
    console?.error(line);
  } catch {
    // The error cannot be reported.
  }
}
