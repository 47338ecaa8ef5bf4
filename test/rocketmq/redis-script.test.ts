// How the script reaches Redis. What it does is tested on a real one: see redis/.
import { expect, it } from 'vitest';
import { RedisRoutes } from '../../src/rocketmq/index.js';

const APP = 2;

/** Two nodes of a Redis Cluster: a command with keys goes to the second one, which has them, any other one to the first. */
function cluster() {
  const sent: string[] = [];
  const hasScript = [false, false];
  const call = async (command: string, ...args: string[]): Promise<string> => {
    const node = command === 'SCRIPT' ? 0 : 1;
    sent.push(`${command} ${node}`);
    if (command === 'SCRIPT' || command === 'EVAL') hasScript[node] = true;
    if (command === 'SCRIPT') return 'sha';
    if (!hasScript[node]) throw new Error('NOSCRIPT No matching script. Please use EVAL.');
    return args.includes('set') ? '' : '1';
  };
  return { call, sent, hasScript };
}

it('a node of a cluster gets the script with the first call, and again after a restart', async () => {
  const nodes = cluster();
  const routes = new RedisRoutes(nodes);
  expect(await routes.set(1n, APP, 'a')).toBeUndefined();
  expect(await routes.delete(1n, APP, 'a')).toBe(true);
  expect(nodes.sent.splice(0)).toEqual(['SCRIPT 0', 'EVALSHA 1', 'EVAL 1', 'EVALSHA 1']);
  nodes.hasScript.fill(false);
  expect(await routes.set(1n, APP, 'a')).toBeUndefined();
  expect(await routes.set(1n, APP, 'a')).toBeUndefined();
  expect(nodes.sent).toEqual(['EVALSHA 1', 'EVAL 1', 'EVALSHA 1']);
});
