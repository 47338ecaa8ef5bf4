import { expect, it } from 'vitest';
import { AddressCounts } from '../../src/node/address-counts.js';
import { addressGroup, forwardedAddress, plainAddress } from '../../src/node/addresses.js';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
  ['::ffff:0:0', '0.0.0.0'],
  // Not mapped: IPv4-compatible, IPv4-translated, and one group further.
  ['::192.0.2.1', '::192.0.2.1'],
  ['::ffff:0:192.0.2.1', '::ffff:0:192.0.2.1'],
  ['1::ffff:192.0.2.1', '1::ffff:192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['::', '::'],
  ['unknown', ''],
  ['', ''],
  [undefined, ''],
])('plainAddress(%s) is %s', (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:56324', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  // An obfuscated port (RFC 7239, section 6.2).
  ['192.0.2.1:_port', '192.0.2.1'],
  ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['unknown', ''],
  ['_hidden', ''],
  ['[192.0.2.1]', ''],
  ['192.0.2.256', ''],
  ['192.0.2.1:443:1', ''],
  ['[2001:db8::1', ''],
  ['evil\n192.0.2.1', ''],
  ['', ''],
])('forwardedAddress(%j) is %j', (node, address) => {
  expect(forwardedAddress(node)).toBe(address);
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
])('addressGroup(%s) is %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

it('a place of an address is given back once', () => {
  const counts = new AddressCounts(2);
  const take = (address: string): (() => void) => counts.take(address) as () => void;
  const [first, second] = [take('2001:db8::1'), take('2001:db8::2')];
  expect([counts.take('2001:db8::3'), typeof counts.take('2001:db8:0:1::1')]).toEqual(['full', 'function']);
  expect(counts.refusal('2001:db8::3')).toMatchObject({
    message: '[OVERLOADED] 2 connections of this address are open, limit 2',
    limit: 2,
    actual: 3,
  });
  first();
  first();
  expect([typeof counts.take('2001:db8::3'), counts.take('2001:db8::4')]).toEqual(['function', 'full']);
  second();
  // An unknown address has no limit.
  for (let i = 0; i < 5; i++) expect(counts.take('')).not.toBe('full');
});
