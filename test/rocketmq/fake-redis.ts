// The commands of Redis that the broker of lists and the routes of older systems call, in memory: as test/rocketmq/redis has them on a real one.
import type { NodeRedisClient } from '../../src/rocketmq/index.js';

export class FakeRedis implements NodeRedisClient {
  readonly values = new Map<string, string>();
  readonly lists = new Map<string, string[]>();
  readonly lifetimes = new Map<string, number>();
  /** Calls fail while it is down. */
  isDown = false;

  async sendCommand([command, key, ...args]: string[]): Promise<unknown> {
    if (this.isDown) throw new Error('connection refused');
    switch (command) {
      case 'RPUSH': {
        const list = this.#list(key);
        return list.push(...args);
      }
      case 'LPUSH':
        return this.#list(key).unshift(...args);
      case 'LPOP':
        return this.#list(key).shift() ?? null;
      case 'LRANGE':
        return this.#list(key).slice(Number(args[0]), Number(args[1]) + 1);
      case 'DEL':
        return this.lists.delete(key) || this.values.delete(key) ? 1 : 0;
      case 'LLEN':
        return this.#list(key).length;
      case 'GET':
        return this.values.get(key) ?? null;
      case 'MGET':
        return [key, ...args].map((one) => this.values.get(one) ?? null);
      case 'SET':
        this.values.set(key, args[0]);
        if (args[1] === 'EX') this.lifetimes.set(key, Number(args[2]));
        return 'OK';
      case 'TTL':
        return this.lifetimes.get(key) ?? -1;
      case 'INCR': {
        const value = Number(this.values.get(key) ?? 0) + 1;
        this.values.set(key, String(value));
        return value;
      }
      case 'SCRIPT':
        return 'sha';
      // The one script: that of LegacyRoutes.
      case 'EVALSHA': {
        const [, name, operation, value, lifetimeS] = args;
        const current = this.values.get(name);
        const isOther = current !== undefined && current !== value;
        if (operation === 'end') {
          if (!isOther) this.values.delete(name);
        } else if (operation === 'login' || !isOther) {
          this.values.set(name, value);
          this.lifetimes.set(name, Number(lifetimeS));
        }
        return isOther ? current : '';
      }
      default:
        throw new Error(`unknown command ${command}`);
    }
  }

  #list(key: string): string[] {
    const list = this.lists.get(key) ?? [];
    this.lists.set(key, list);
    return list;
  }
}
