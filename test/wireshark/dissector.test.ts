// What can be said of the dissector without tshark; `npm run wireshark` runs it.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { ERRORS } from '../../generated/errors.js';
import { DISSECTOR } from '../../scripts/generate-dissector/generate.js';

const dissector = readFileSync(DISSECTOR, 'utf8');

describe('wireshark/im-protocol.lua', () => {
  it('has each module of wireshark/src, which all are imported', () => {
    const names = readdirSync(new URL('../../wireshark/src', import.meta.url)).map((name) => name.replace('.lua', ''));
    const defined = [...dissector.matchAll(/^modules\['([\w-]+)'\] = function\(\)$/gm)].map(([, name]) => name);
    expect(defined.toSorted()).toEqual([...names, 'tables'].sort());
    const imported = new Set([...dissector.matchAll(/\bimport\('([\w-]+)'\)/g)].map(([, name]) => name));
    expect([...imported].sort()).toEqual(defined.toSorted());
  });

  it('needs nothing but Lua and Wireshark', () => {
    expect(dissector.match(/\b(require|dofile|loadfile|io|os|bit|bit32)\b\s*[.(]/g)).toBeNull();
  });

  it('knows all commands and errors of the schema', () => {
    for (const [number, { name }] of Object.entries(COMMANDS)) expect(dissector).toContain(`[${number}] = '${name}'`);
    for (const [name, { number }] of Object.entries(ERRORS)) expect(dissector).toContain(`[${number}] = '${name}'`);
  });
});
