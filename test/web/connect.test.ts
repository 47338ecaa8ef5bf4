// `connect` of `@im/protocol/web` where the platform is not a browser, or lacks something.
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { Client } from '../../src/connection/client.js';
import type { Platform } from '../../src/connection/platform.js';
import { connect, createClient, type WebSocketConstructor } from '../../src/web/index.js';
import { platformWith, webPlatform } from '../../src/web/platform.js';
import { chat, taken } from '../connection/messages.js';
import { host, TOKEN } from '../node/host.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function connected(got: SendInfo[]): Promise<Client> {
  const { url } = await host({ message: (message) => taken(message, BigInt(got.push(message))) });
  const client = await connect(url('ws'), { login: TOKEN, WebSocket: WebSocket as unknown as WebSocketConstructor });
  onTestFinished(async () => void (await client.close()));
  return client;
}

describe('connect of ./web', () => {
  const { performance } = globalThis;
  it.each([
    ['without performance', undefined],
    ['without performance.now', {}],
    ['without performance.timeOrigin', { now: () => performance.now() }],
  ])('works %s', async (_what, stub) => {
    vi.stubGlobal('performance', stub);
    expect(Math.abs(webPlatform.timeOriginMs + webPlatform.nowMs() - Date.now())).toBeLessThan(1000);
    const got: SendInfo[] = [];
    expect((await (await connected(got)).request(4, chat('hi'))).messageId).toBe(1n);
  });

  it('the clock that it has instead never goes back, and goes on', () => {
    vi.stubGlobal('performance', undefined);
    vi.useFakeTimers({ toFake: ['Date'], now: 5_000_000_000_000 });
    const startMs = webPlatform.nowMs();
    vi.setSystemTime(4_000_000_000_000);
    expect(webPlatform.nowMs()).toBe(startMs);
    vi.setSystemTime(4_000_000_000_500);
    expect(webPlatform.nowMs()).toBe(startMs + 500);
    expect(webPlatform.timeOriginMs + webPlatform.nowMs()).toBe(4_000_000_000_500);
  });

  it('works without queueMicrotask', async () => {
    vi.stubGlobal('queueMicrotask', undefined);
    const got: SendInfo[] = [];
    expect((await (await connected(got)).request(4, chat('hi'))).messageId).toBe(1n);
  });

  it('without crypto, messages have an id each', async () => {
    vi.stubGlobal('crypto', undefined);
    const got: SendInfo[] = [];
    const client = await connected(got);
    await Promise.all([client.request(4, chat('a')), client.request(4, chat('b'))]);
    const ids = got.map(({ data }) => (data?.$case === 'privateMessage' ? data.value.content?.clientMessageId : undefined));
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([undefined, null, 'ws'])('rejects without a WebSocket (%s)', async (stub) => {
    vi.stubGlobal('WebSocket', stub);
    const failed = connect('ws://127.0.0.1:1', { login: TOKEN });
    await expect(failed).rejects.toThrow(
      new TypeError('connect needs a WebSocket: there is no globalThis.WebSocket, and options.WebSocket is not a constructor'),
    );
  });

  it('rejects for an address that the WebSocket refuses', async () => {
    const failed = connect('no address', { login: TOKEN, WebSocket: WebSocket as unknown as WebSocketConstructor });
    await expect(failed).rejects.toMatchObject({ code: 'CLOSED', cause: { name: 'SyntaxError' } });
  });
});

it('a WebSocket without `protocol` and `bufferedAmount` connects: Hello and Welcome negotiate the version', async () => {
  class Silent extends WebSocket {}
  const none = { get: () => undefined };
  Object.defineProperties(Silent.prototype, { protocol: none, bufferedAmount: none });
  const got: SendInfo[] = [];
  const { url } = await host({ message: (message) => taken(message, BigInt(got.push(message))) });
  const client = await connect(url('ws'), { login: TOKEN, WebSocket: Silent as unknown as WebSocketConstructor });
  onTestFinished(async () => void (await client.close()));
  expect((await client.request(4, chat('hi'))).messageId).toBe(1n);
});

describe('the option platform', () => {
  it('gives the ids and the clock', async () => {
    const got: SendInfo[] = [];
    const { url } = await host({ message: (message) => taken(message, BigInt(got.push(message))) });
    const client = createClient(url('ws'), {
      login: TOKEN,
      WebSocket: WebSocket as unknown as WebSocketConstructor,
      platform: { createId: () => 'own-id', nowMs: () => 5000, wallMs: () => 1_000_000_005_000 },
    });
    onTestFinished(async () => void (await client.close()));
    await client.request(4, chat('hi'));
    const data = got[0].data;
    expect(data?.$case === 'privateMessage' && data.value.content?.clientMessageId).toBe('own-id');
  });

  it('keeps what is not given, and the receiver of methods', () => {
    class Own {
      readonly offsetMs = 7;
      nowMs(): number {
        return this.offsetMs;
      }
    }
    const platform = platformWith(new Own());
    expect([platform.nowMs(), Math.abs(platform.timeOriginMs + 7 - Date.now()) < 1000]).toEqual([7, true]);
    expect(platform.createId).toBe(webPlatform.createId);
    expect(platformWith(undefined)).toBe(webPlatform);
    expect(platformWith({ timeOriginMs: 5 }).timeOriginMs).toBe(5);
  });

  it('timers of its own also turn', () => {
    const timers: number[] = [];
    const own: Partial<Platform> = { setTimer: (_callback, ms) => timers.push(ms), clearTimer: () => {} };
    platformWith(own).turn(() => {});
    expect(timers).toEqual([5]);
  });

  it.each([{ setTimer: () => 1 }, { clearTimer: () => {} }])('%o without the other is refused', (platform) => {
    expect(() => createClient('ws://127.0.0.1:1', { login: TOKEN, platform, WebSocket: WebSocket as never })).toThrow(
      new TypeError('options.platform needs both setTimer and clearTimer, or neither'),
    );
  });
});
