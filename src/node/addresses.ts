// IP addresses as text: without the prefix of IPv4-mapped addresses, and grouped for limits.
import { isIP } from 'node:net';

const GROUPS = 8;
/** How many groups of an IPv6 address name its network: a site or a single client has at least a /64. */
const NETWORK_GROUPS = 4;
const MAPPED_PREFIX = '0:0:0:0:0:ffff:';

/** The last address that was IPv4, which needs no change: a server asks several times for each client. */
let lastIPv4: string | undefined;

/**
 * An address as it is shown: an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291, section 2.5.5.2) as IPv4, others as they are. `''` for
 * what is not an IP address.
 */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  if (address === lastIPv4) return address;
  const version = isIP(address);
  if (version === 0) return '';
  if (version === 4) {
    lastIPv4 = address;
    return address;
  }
  const groups = ipv6Groups(address);
  if (!groups.join(':').startsWith(MAPPED_PREFIX)) return address;
  return groups
    .slice(-2)
    .flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    })
    .join('.');
}

/** The clients that share a limit: one IPv4 address, or a /64 network of IPv6. @param address as `plainAddress` returns it. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  return `${ipv6Groups(address).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/**
 * The address of a node in `X-Forwarded-For` or `Forwarded`, which may have a port: `192.0.2.1:80`, `[2001:db8::1]:80`. `''` for `unknown`, an
 * obfuscated name (RFC 7239, section 6.3), and anything else.
 */
export function forwardedAddress(node: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\w{1,6})?$/.exec(node) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? plainAddress(bracketed) : '';
  const [, withPort] = /^([\d.]+):\w{1,6}$/.exec(node) ?? [];
  return plainAddress(withPort ?? node);
}

/** The eight groups of a valid IPv6 address, in lower case without leading zeros. A zone (`%eth0`) is left out. */
function ipv6Groups(address: string): string[] {
  const [head, tail] = address.split('%', 1)[0].split('::');
  const first = groupsOf(head);
  const last = groupsOf(tail ?? '');
  const zeros = Array.from({ length: GROUPS - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last];
}

function groupsOf(part: string): string[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16).toString(16)];
    const [a, b, c, d] = group.split('.').map(Number);
    return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
  });
}
