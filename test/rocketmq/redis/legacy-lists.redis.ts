import { afterAll } from 'vitest';
import { legacyListsSuite } from '../legacy-lists-suite.js';
import { CLIENTS, type Connected } from './clients.js';

for (const name of Object.keys(CLIENTS)) {
  let connected: Connected | undefined;
  legacyListsSuite(name, async () => {
    connected ??= await CLIENTS[name]();
    return connected;
  });
  afterAll(() => connected?.close());
}
