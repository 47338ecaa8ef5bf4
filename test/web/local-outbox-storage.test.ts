import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LocalOutboxStorage, type StorageLike } from '../../src/web/local-outbox-storage.js';

/** As localStorage of a browser: a map from text to text. */
class Items implements StorageLike {
  readonly map = new Map<string, string>();

  get length(): number {
    return this.map.size;
  }

  key(index: number): string | null {
    return [...this.map.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.map.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.map.set(key, value);
  }

  removeItem(key: string): void {
    this.map.delete(key);
  }
}

function message(id: string, length = 3) {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
  return { id, position: 2, userId: 9007199254740993n, createdAtMs: 1_767_225_600_000, bytes };
}

it('returns what was put, and not what was removed', () => {
  const items = new Items();
  const storage = new LocalOutboxStorage('outbox-1', items);
  for (const [id, length] of [
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d with space', 256],
  ] as const)
    storage.put(message(id, length));
  storage.put({ ...message('b', 3), position: 5 });
  storage.remove('a');
  storage.remove('a');
  const loaded = new LocalOutboxStorage('outbox-1', items).load();
  expect(loaded).toEqual([{ ...message('b', 3), position: 5 }, message('c', 2), message('d with space', 256)]);
});

it('leaves the items of others alone', () => {
  const items = new Items();
  items.setItem('theme', 'dark');
  const [one, two] = ['outbox-1', 'outbox-12'].map((name) => new LocalOutboxStorage(name, items));
  one.put(message('a'));
  two.put(message('a'));
  one.remove('a');
  expect([one.load(), two.load().length, items.getItem('theme')]).toEqual([[], 1, 'dark']);
});

describe('an item that is damaged', () => {
  it.each([
    '',
    'x',
    '1 2 3',
    '1 2 3 ab',
    '1 2 3 a===',
    '1 2 3 äöüß',
    '1e3 2 3 AAAA',
    '-1 2 3 AAAA',
    `1 ${'9'.repeat(20)} 3 AAAA`,
  ])('%j has no bytes', (value) => {
    const items = new Items();
    items.setItem('outbox-1 a', value);
    expect(new LocalOutboxStorage('outbox-1', items).load()).toEqual([
      { id: 'a', position: 0, userId: 0n, createdAtMs: 0, bytes: new Uint8Array(0) },
    ]);
  });
});

it('without localStorage it is a TypeError', () => {
  vi.stubGlobal('localStorage', undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(() => new LocalOutboxStorage('outbox-1')).toThrow('LocalOutboxStorage needs localStorage');
});

it('a localStorage that the browser forbids is a TypeError too', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  onTestFinished(() => {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'localStorage');
    else Object.defineProperty(globalThis, 'localStorage', before);
  });
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('denied', 'SecurityError');
    },
  });
  expect(() => new LocalOutboxStorage('outbox-1')).toThrow('LocalOutboxStorage needs localStorage');
});
