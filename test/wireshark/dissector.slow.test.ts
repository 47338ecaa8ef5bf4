import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DISSECTOR, generateDissector } from '../../scripts/generate-dissector/generate.js';

it('wireshark/im-protocol.lua is what npm run generate makes now', () => {
  expect(readFileSync(DISSECTOR, 'utf8') === generateDissector()).toBe(true);
});
