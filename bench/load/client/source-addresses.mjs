import { readFileSync } from 'node:fs';

/** Of the ports that the system hands out, others use some. */
const USABLE = 0.7;

/**
 * The local addresses for this number of connections to one port: whatever the system picks as long as its ports do, else several of
 * 127.0.0.0/8, each of which has all ports.
 */
export function sourceAddresses(connections) {
  const needed = Math.ceil(connections / (portsOfAddress() * USABLE));
  return needed <= 1 ? [undefined] : Array.from({ length: needed }, (_, i) => `127.0.0.${i + 2}`);
}

function portsOfAddress() {
  // Only Linux takes connections from all of 127.0.0.0/8 without being told to.
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  return last - first + 1;
}
