// Rules of src/wire/standard as the generator handles them: made, to ask what they refuse, and as the expression that makes them in generated code.
import * as bytes from '../../../src/wire/standard/bytes.js';
import * as formats from '../../../src/wire/standard/formats.js';
import * as hosts from '../../../src/wire/standard/hosts.js';
import * as ip from '../../../src/wire/standard/ip.js';
import * as items from '../../../src/wire/standard/items.js';
import * as messages from '../../../src/wire/standard/messages.js';
import * as pattern from '../../../src/wire/standard/pattern.js';
import * as rule from '../../../src/wire/standard/rule.js';
import * as scalars from '../../../src/wire/standard/scalars.js';
import * as texts from '../../../src/wire/standard/texts.js';
import * as uri from '../../../src/wire/standard/uri.js';
import { literal } from '../quote.js';

const MODULES = { bytes, formats, hosts, ip, items, messages, pattern, rule, scalars, texts, uri };

type Module = keyof typeof MODULES;
type Name<M extends Module> = string & keyof (typeof MODULES)[M];
type Arguments<F> = F extends (...args: infer A) => unknown ? { [K in keyof A]: Argument<A[K]> } : never;
/** A rule is passed as a checker. */
type Argument<T> = T extends rule.StandardRule<infer _> ? Checker : T;

export interface Checker {
  readonly rule: rule.StandardRule;
  /** Function and arguments: `minLength(3)`. */
  readonly shown: string;
  /** @param wire imports a name from a module of src/wire, and returns its name in the file. */
  source(wire: (module: string, name: string) => string): string;
}

/** A rule that a function of a module makes. */
export function checker<M extends Module, N extends Name<M>>(
  module: M,
  name: N,
  ...args: Arguments<(typeof MODULES)[M][N]>
): Checker {
  const all = args as readonly unknown[];
  const make = MODULES[module][name] as (...made: unknown[]) => rule.StandardRule;
  return {
    rule: make(...all.map((arg) => (isChecker(arg) ? arg.rule : arg))),
    shown: sourceOf(name, all, (_, inner) => inner).replaceAll(PURE, ''),
    source: (wire) => PURE + sourceOf(wire(`standard/${module}`, name), all, wire),
  };
}

/** Bundlers drop calls without effects whose results are not used. */
const PURE = '/* @__PURE__ */ ';

type Wire = Parameters<Checker['source']>[0];

function sourceOf(name: string, args: readonly unknown[], wire: Wire): string {
  return `${name}(${args.map((arg) => argument(arg, wire)).join(', ')})`;
}

function argument(arg: unknown, wire: Wire): string {
  if (isChecker(arg)) return arg.source(wire);
  if (typeof arg === 'string') return literal(arg);
  if (typeof arg === 'bigint') return `${arg}n`;
  if (arg instanceof Uint8Array) return `${PURE}Uint8Array.of(${arg.join(', ')})`;
  if (Array.isArray(arg)) return `[${arg.map((each) => argument(each, wire)).join(', ')}]`;
  return Object.is(arg, -0) ? '-0' : String(arg);
}

function isChecker(arg: unknown): arg is Checker {
  return typeof arg === 'object' && arg !== null && 'source' in arg;
}
