/// <reference path="./untyped-packages.d.ts" />
// The address of a client behind proxies, by the headers that they add. Other senders of such headers are not believed.
import type { IncomingHttpHeaders } from 'node:http';
import { ProtocolError } from '../errors.js';
import { forwardedAddress } from './addresses.js';
import type { ListenOptions } from './listen-options.js';

type ProxyAddr = typeof import('proxy-addr').default;

/** The name in `trustProxy` of the peers of a Unix socket, which have no address. */
const UNIX = 'unix';

/** The proxies of `trustProxy`. */
export class TrustedProxies {
  readonly #trust: (address: string, hop: number) => boolean;
  readonly #trustsUnix: boolean;
  /** The addresses that the proxies have added, nearest first. */
  readonly #addedTo: (headers: IncomingHttpHeaders) => Iterable<string>;

  constructor(
    trust: (address: string, hop: number) => boolean,
    trustsUnix: boolean,
    addedTo: (headers: IncomingHttpHeaders) => Iterable<string>,
  ) {
    this.#trust = trust;
    this.#trustsUnix = trustsUnix;
    this.#addedTo = addedTo;
  }

  /** Whether a peer is one of the proxies. @param address `''` for a peer without one, on a Unix socket. */
  has(address: string): boolean {
    return address === '' ? this.#trustsUnix : this.#trust(address, 0);
  }

  /**
   * The address of the client of an HTTP request: each proxy adds the address of its peer, so the nearest one that is not a proxy is the client. If
   * a proxy does not say whose request it is, its own address.
   */
  clientOf(peer: string, headers: IncomingHttpHeaders): string {
    if (!this.has(peer)) return peer;
    let client = peer;
    for (const node of this.#addedTo(headers)) {
      const address = forwardedAddress(node);
      if (address === '') break;
      client = address;
      if (!this.has(address)) break;
    }
    return client;
  }
}

/**
 * Loads the packages that `trustProxy` needs.
 * @returns undefined without `trustProxy`.
 * @throws ProtocolError INVALID_MESSAGE for invalid options, INTERNAL if a package is not installed.
 */
export async function loadTrustedProxies({
  trustProxy,
  forwardedHeader,
  proxyProtocol,
}: ListenOptions): Promise<TrustedProxies | undefined> {
  if (trustProxy === undefined) {
    const needs = proxyProtocol ? 'proxyProtocol' : forwardedHeader === undefined ? undefined : 'forwardedHeader';
    if (needs === undefined) return undefined;
    throw new ProtocolError('INVALID_MESSAGE', `${needs} needs trustProxy, the addresses of the proxies`, { path: 'trustProxy' });
  }
  if (!Array.isArray(trustProxy) || trustProxy.some((name) => typeof name !== 'string'))
    throw new ProtocolError('INVALID_MESSAGE', 'trustProxy: expected an array of addresses and subnets', { path: 'trustProxy' });
  const proxyAddr = await load('proxy-addr', () => import('proxy-addr'));
  const names = trustProxy.filter((name) => name !== UNIX);
  const trust = compile(proxyAddr, names);
  return new TrustedProxies(trust, names.length < trustProxy.length, await headerReader(forwardedHeader, proxyAddr));
}

type Trust = (address: string, hop: number) => boolean;

function compile(proxyAddr: ProxyAddr, names: readonly string[]): Trust {
  try {
    return proxyAddr.compile([...names]);
  } catch (cause) {
    throw new ProtocolError('INVALID_MESSAGE', `trustProxy: ${(cause as Error).message}`, { path: 'trustProxy', cause });
  }
}

async function headerReader(
  name: ListenOptions['forwardedHeader'] = 'x-forwarded-for',
  proxyAddr: ProxyAddr,
): Promise<(headers: IncomingHttpHeaders) => Iterable<string>> {
  // Of `all`, the first address is that of the socket.
  if (name === 'x-forwarded-for') return (headers) => proxyAddr.all({ headers, socket: {} }).slice(1);
  if (name !== 'forwarded') {
    const text = "forwardedHeader: expected 'x-forwarded-for' or 'forwarded'";
    throw new ProtocolError('INVALID_MESSAGE', text, { path: 'forwardedHeader' });
  }
  const parse = await load('forwarded-parse', () => import('forwarded-parse'));
  return ({ forwarded }) => {
    if (forwarded === undefined) return [];
    try {
      return nodesOf(parse(forwarded));
    } catch {
      return lastValid(forwarded, parse);
    }
  };
}

type ParseForwarded = (elements: string) => { readonly for?: string }[];

function nodesOf(elements: ReturnType<ParseForwarded>): string[] {
  return elements.reverse().map((element) => element.for ?? '');
}

/**
 * The nodes of an invalid header up to what is invalid. The client may have sent that, and the proxies have added their elements: with these hidden,
 * the client would seem to be the proxy.
 */
function* lastValid(forwarded: string, parse: ParseForwarded): Generator<string> {
  for (const element of forwarded.split(',').reverse()) {
    try {
      yield* nodesOf(parse(element.trim()));
    } catch {
      return;
    }
  }
}

/** @throws ProtocolError INTERNAL if the package is not installed. */
async function load<T>(name: string, importPackage: () => Promise<{ readonly default: T }>): Promise<T> {
  try {
    return (await importPackage()).default;
  } catch (cause) {
    if (!/MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw new ProtocolError('INTERNAL', `trustProxy needs the package ${name}, and it is not installed: npm install ${name}`, {
      cause,
    });
  }
}
