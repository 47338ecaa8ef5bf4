// A server with OpenTelemetry's Prometheus exporter, scraped over HTTP, as Prometheus does it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, onTestFinished } from 'vitest';
import { Command, ProtocolError } from '../../src/index.js';
import type { ServerConnection } from '../../src/node/index.js';
import { ASK, ask, custom, push } from '../connection/messages.js';
import { HELLO, loggedInTcp, loggedInWebsocket, send, tcp } from '../node/foreign.js';
import type { Host, host } from '../node/host.js';

/** A metric as it is scraped: its name, its labels, its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scraped {
  readonly samples: readonly Sample[];
  /** The type of each metric: `counter`, `gauge`, `histogram`. */
  readonly types: ReadonlyMap<string, string>;
  /** The sum of the samples with this name and these labels. Undefined if there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export interface Scraper {
  readonly meterProvider: MeterProvider;
  scrape(): Promise<Scraped>;
}

export async function scraper(): Promise<Scraper> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const http = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    http.close();
    await meterProvider.shutdown();
  });
  const { port } = http.address() as AddressInfo;
  return {
    meterProvider,
    scrape: async () => parse(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  };
}

/** The text format of Prometheus. */
function parse(text: string): Scraped {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type !== null) types.set(type[1], type[2]);
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    expect(name, line).toBeDefined();
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return {
    samples,
    types,
    value(name, wanted = {}) {
      const found = samples.filter(
        (sample) => sample.name === name && Object.entries(wanted).every(([key, text]) => sample.labels[key] === text),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

/** Tokens, texts, device ids and ids of users in the session below. None of them may be in a metric, a span or a log. */
export const SECRETS = ['eyJhbGciOiJub25lIn0', 'dear diary', 'device-4711', 'bad-secret', 'thrown-secret', '987654321'];
const [TOKEN, TEXT, DEVICE, BAD_TOKEN, THROWN] = SECRETS;
const USER_ID = 987_654_321n;

export const question = (sequence: number, text = TEXT, cmd = ASK) =>
  send({ cmd, sequence, data: { $case: 'custom', value: ask(text) } });
const login = (accessToken: string, sequence = 1) =>
  send({ cmd: 1, sequence, data: { $case: 'login', value: { accessToken, deviceId: DEVICE } } });

/** Options of a server on which `playSession` plays. */
export const SESSION_HOST: Parameters<typeof host>[0] = {
  commands: { [ASK]: 'ASK' },
  sessions: 'unlimited',
  login: ({ accessToken }) => {
    if (accessToken === BAD_TOKEN) throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
    return { userId: USER_ID, terminal: 1, sessionId: 's-secret' };
  },
  message: ({ sequence }) => {
    if (sequence === 3) throw new ProtocolError('PERMISSION_DENIED', 'no');
    if (sequence === 4) throw new TypeError(THROWN);
    return custom(TEXT);
  },
  onError: () => {},
};

export interface Played {
  /** Bytes that all clients have received, by transport. */
  readonly received: { readonly tcp: number; readonly websocket: number };
}

/**
 * A session of real clients over TCP and WebSocket: two log in, three requests on TCP (one refused, one failed), one on WebSocket, a renewed token, a
 * bad token, two bad frames, one client that does not read.
 */
export async function playSession({ port, server, logins }: Host): Promise<Played> {
  const overTcp = await tcp(port);
  overTcp.socket.write(Buffer.concat([HELLO, login(TOKEN)]));
  await overTcp.received.count(2);
  const overWebsocket = await loggedInWebsocket(port);
  overTcp.socket.write(Buffer.concat([question(2), question(3), question(4), login(TOKEN, 5)]));
  await overTcp.received.count(6);
  overWebsocket.socket.send(question(2));
  await overWebsocket.received.count(3);
  const refused = await tcp(port);
  refused.socket.write(Buffer.concat([HELLO, login(BAD_TOKEN)]));
  await refused.received.ended();
  // Type 200 is unknown; a DRAIN is never a client's.
  overTcp.socket.write(Uint8Array.of(0, 0, 0, 5, 1, 200, 0, 0, 0));
  overTcp.socket.write(send({ cmd: Command.DRAIN, data: { $case: 'drain', value: {} } }));
  await overTcp.received.count(7);
  await expect.poll(() => server.metrics().refusedFrames.PERMISSION_DENIED).toBe(1);
  const tcpBytes = overTcp.received.bytes + refused.received.bytes;
  const lazy = await loggedInTcp(port);
  lazy.socket.pause();
  await fill(logins[2]);
  return { received: { tcp: tcpBytes + lazy.received.bytes, websocket: overWebsocket.received.bytes } };
}

/** Pushes until the transport is full. */
async function fill(connection: ServerConnection): Promise<void> {
  for (let id = 1n; connection.bufferedBytes < 500_000; id++) {
    connection.push(push(id, 'x'.repeat(8000)));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
