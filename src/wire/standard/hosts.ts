// Names of hosts: RFC 1034, as far as protovalidate checks it.
import { format } from './formats.js';
import { isIp } from './ip.js';
import type { StandardRule } from './rule.js';

const LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
const HOSTNAME_CHARS = 253;

/** Labels of 1 to 63 characters, of which the last is not a number; a dot may follow. */
function isHostname(text: string): boolean {
  if (text.length > HOSTNAME_CHARS) return false;
  const labels = text.replace(/\.$/, '').split('.');
  return labels.every((label) => LABEL.test(label)) && /\D/.test(labels[labels.length - 1]);
}

/** `hostname` */
export function hostname(): StandardRule<string> {
  return format('hostname', isHostname, 'a hostname');
}

/** `address`: a hostname or IP address. */
export function address(): StandardRule<string> {
  return format('address', (text) => isHostname(text) || isIp(text), 'a hostname or IP address');
}

/** `host_and_port`: `example.com:80`, `127.0.0.1:80`, `[::1]:80`. */
export function hostAndPort(): StandardRule<string> {
  return format('host_and_port', isHostAndPort, 'a host and a port');
}

function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  if (colon < 0 || !/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 0xffff) return false;
  const host = text.slice(0, colon);
  return host[0] === '[' ? host.endsWith(']') && isIp(host.slice(1, -1), 6) : isHostname(host) || isIp(host, 4);
}
