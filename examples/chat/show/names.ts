// The names of numbers on the wire.
import { ERRORS, type ErrorInfo, SendCode, Terminal } from '@im/protocol';

export function terminalName(terminal: Terminal): string {
  return nameIn(Terminal, terminal);
}

export function sendCodeName(code: SendCode): string {
  return nameIn(SendCode, code);
}

export function errorName(code: ErrorInfo['code']): string {
  return Object.entries(ERRORS).find(([, { number }]) => number === code)?.[0] ?? `error ${code}`;
}

/** Enums are open: a number that this release does not know stays a number. */
export function nameIn(names: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(names).find((name) => names[name] === number) ?? String(number);
}
