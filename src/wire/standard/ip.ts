// Addresses of IPv4 and IPv6, and prefixes of them: RFC 791, RFC 4291, RFC 4007.
import { format } from './formats.js';
import type { StandardRule } from './rule.js';

type Version = 4 | 6;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** The four bytes of an address; undefined if the text is not an address. */
function parseIpv4(text: string): readonly number[] | undefined {
  return IPV4.test(text) ? text.split('.').map(Number) : undefined;
}

/** The longest address, with eight groups of which the last two are an IPv4 address. */
const IPV6_CHARS = 45;

/** The 16 bytes of an address without a zone. */
function parseIpv6(text: string): readonly number[] | undefined {
  if (text.length > IPV6_CHARS) return undefined;
  const halves = text.split('::').map((half) => (half === '' ? [] : groupsOf(half.split(':'))));
  if (halves.length > 2 || halves.includes(undefined)) return undefined;
  const [before, after] = halves as number[][];
  const missing = 16 - before.length - (after?.length ?? 0);
  if (after === undefined) return missing === 0 ? before : undefined;
  // Only the last group may be an IPv4 address.
  if (missing < 2 || text.slice(0, text.indexOf('::')).includes('.')) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** The bytes of groups of four hexadecimal digits; the last may be an IPv4 address. */
function groupsOf(groups: readonly string[]): number[] | undefined {
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    const ipv4 = i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[\da-f]{1,4}$/i.test(group)) bytes.push(Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes;
}

/** True for an address. One of IPv6 may have a zone: `fe80::1%eth0`. */
export function isIp(text: string, version?: Version): boolean {
  if (version !== 6 && parseIpv4(text) !== undefined) return true;
  if (version === 4) return false;
  const zone = text.indexOf('%');
  return zone !== text.length - 1 && parseIpv6(zone < 0 ? text : text.slice(0, zone)) !== undefined;
}

/**
 * True for an address with the length of a prefix: `192.168.0.0/16`.
 * @param strict all bits after the prefix are 0.
 */
function isIpPrefix(text: string, version: Version | undefined, strict: boolean): boolean {
  const [, address, digits] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (digits === undefined) return false;
  const bytes = (version === 6 ? undefined : parseIpv4(address)) ?? (version === 4 ? undefined : parseIpv6(address));
  const bits = Number(digits);
  if (bytes === undefined || bits > bytes.length * 8) return false;
  return !strict || bytes.every((byte, i) => ((byte << Math.min(8, Math.max(0, bits - i * 8))) & 255) === 0);
}

function named(version: Version | undefined, rest: string): string {
  return `ip${version === undefined ? '' : `v${version}`}${rest}`;
}

function shown(version: Version | undefined): string {
  return version === undefined ? 'an IP' : `an IPv${version}`;
}

/** `ip`, `ipv4`, `ipv6` */
export function ip(version?: Version): StandardRule<string> {
  return format(named(version, ''), (text) => isIp(text, version), `${shown(version)} address`);
}

/** `ip_with_prefixlen`, `ipv4_with_prefixlen`, `ipv6_with_prefixlen` */
export function ipWithPrefix(version?: Version): StandardRule<string> {
  const wanted = `${shown(version)} address with the length of its prefix`;
  return format(named(version, '_with_prefixlen'), (text) => isIpPrefix(text, version, false), wanted);
}

/** `ip_prefix`, `ipv4_prefix`, `ipv6_prefix` */
export function ipPrefix(version?: Version): StandardRule<string> {
  return format(named(version, '_prefix'), (text) => isIpPrefix(text, version, true), `${shown(version)} prefix`);
}
