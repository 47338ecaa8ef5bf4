// biome-ignore-all lint/suspicious/noThenProperty: that is what is tested
// What callbacks of an application may do wrong.
import { ProtocolError } from '../../src/errors.js';

class Unprintable {
  toString(): string {
    throw new Error('toString throws');
  }
}

const hostile = (trap: () => never): object => new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap });
const fail = (): never => {
  throw new Error('of the application');
};

/** Anything may be thrown. */
const THROWN: Readonly<Record<string, () => unknown>> = {
  'an Error': () => new Error('of the application'),
  undefined: () => undefined,
  null: () => null,
  'a symbol': () => Symbol('thrown'),
  'an object that cannot be shown': () => new Unprintable(),
  'an object without a prototype': () => Object.create(null),
  'a hostile proxy': () => hostile(fail),
  'an error with hostile getters': () =>
    Object.defineProperties(new Error('x'), { message: { get: fail }, stack: { get: fail }, name: { get: fail } }),
  'a ProtocolError': () => new ProtocolError('RATE_LIMITED', 'slow down', { retryAfterMs: 5 }),
  'one of the application': () => new ProtocolError(1001, 'no'),
  'a local one': () => new ProtocolError('TIMEOUT', 'too late'),
  'one of a newer release': () => Object.assign(new ProtocolError('INTERNAL', 'x'), { code: 'NEWER' }),
  'one with a number that is none': () => Object.assign(new ProtocolError('INTERNAL', 'x'), { code: -1.5 }),
  'one that waits for ever': () => Object.assign(new ProtocolError('INTERNAL', 'x'), { retryAfterMs: Number.NaN }),
  'one whose text is no text': () => Object.assign(new ProtocolError('INTERNAL', 'x'), { message: 7 }),
  'one with a lone surrogate': () => new ProtocolError('PERMISSION_DENIED', '\ud800'),
  'one with hostile getters': () => Object.defineProperty(new ProtocolError('INTERNAL', 'x'), 'code', { get: fail }),
};

/** Ways to fail, by a name. What never settles is not among them. */
export const FAILURES: Readonly<Record<string, () => unknown>> = Object.fromEntries(
  Object.entries(THROWN).flatMap(([what, thrown]) => [
    [
      `throws ${what}`,
      () => {
        throw thrown();
      },
    ],
    [`rejects with ${what}`, () => Promise.reject(thrown())],
    [`rejects later with ${what}`, () => Promise.resolve().then(() => Promise.reject(thrown()))],
  ]),
);

/** Things to return that make no sense, by a name. */
export const NONSENSE: Readonly<Record<string, () => unknown>> = {
  'a number': () => 7,
  'a text': () => 'hello',
  null: () => null,
  'an empty object': () => ({}),
  'an object with a getter that throws': () => Object.defineProperty({}, 'cmd', { get: fail, enumerable: true }),
  'a promise of nonsense': () => Promise.resolve(Symbol('nonsense')),
  'a hostile proxy': () => hostile(fail),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a then that throws': () => ({ then: fail }),
  'a getter of then that throws': () => Object.defineProperty({}, 'then', { get: fail }),
  'a then that throws once it has resolved': () => ({
    then(resolve: (value: unknown) => void) {
      resolve(undefined);
      fail();
    },
  }),
  'a then that calls both': () => ({
    then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
      reject(new Error('first'));
      resolve('second');
      reject(new Error('third'));
    },
  }),
  'a then that rejects at once': () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(new Error('at once')) }),
  'a promise with a then of its own': () => Object.assign(Promise.resolve(7), { then: fail }),
  'a promise whose constructor throws': () => Object.defineProperty(Promise.resolve(7), 'constructor', { get: fail }),
};

/** Never settles. */
export const never = (): Promise<never> => new Promise(() => {});
