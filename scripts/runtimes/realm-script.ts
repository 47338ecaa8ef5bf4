import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';

/** Node 20 has no WebSocket. */
const WS = join(ROOT, 'node_modules/ws/wrapper.mjs');
const EVERYWHERE = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'console'];
const BROWSER = ['queueMicrotask', 'performance', 'crypto', 'TextEncoder', 'TextDecoder', 'URL'];

/**
 * A module that runs a script in a new realm: the language, and the globals that the platform has. React Native 0.74 has neither text codecs nor
 * `crypto`.
 */
export function realmScript(platform: 'browser' | 'React Native'): string {
  const names = platform === 'browser' ? [...EVERYWHERE, ...BROWSER] : EVERYWHERE;
  return `
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { WebSocket } from ${JSON.stringify(WS)};
const { ${names.join(', ')} } = globalThis;
const context = vm.createContext({ WebSocket, ${names.join(', ')} });
vm.runInContext('var window = globalThis, self = globalThis, global = globalThis;', context);
vm.runInContext(readFileSync(process.argv[2], 'utf8'), context, { filename: process.argv[2] });
`;
}
