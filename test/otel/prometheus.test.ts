// The metrics of a server, as Prometheus scrapes them from OpenTelemetry's exporter.
import { expect, it } from 'vitest';
import { instrument } from '../../src/otel/index.js';
import { loggedInTcp } from '../node/foreign.js';
import { host } from '../node/host.js';
import { playSession, question, SECRETS, SESSION_HOST, scraper } from './scrape.js';

it('a scrape has connections, logins, refusals, traffic, requests, queues and durations, right to the byte', async () => {
  const { meterProvider, scrape } = await scraper();
  const world = await host(SESSION_HOST);
  const { stop } = instrument(world.server, { meterProvider });
  const { received } = await playSession(world);
  const { server } = world;
  const { value, types, samples } = await scrape();
  const { traffic, queue } = server.metrics();

  expect(value('im_server_connections', { im_transport: 'tcp', im_state: 'authenticated' })).toBe(2);
  expect(value('im_server_connections', { im_transport: 'websocket', im_state: 'authenticated' })).toBe(1);
  expect(value('im_server_connections', { im_state: 'anonymous' })).toBe(0);
  expect(value('im_server_connections_opened_total', { im_transport: 'tcp' })).toBe(3);
  expect(value('im_server_connections_closed_total', { im_code: 'UNAUTHENTICATED' })).toBe(1);
  expect(value('im_server_handshakes_total', { im_code: 'OK', im_version: '1' })).toBe(4);
  expect(value('im_server_logins_total', { im_login: 'first', im_code: 'OK' })).toBe(3);
  expect(value('im_server_logins_total', { im_login: 'renewal', im_code: 'OK' })).toBe(1);
  expect(value('im_server_logins_total', { im_login: 'first', im_code: 'UNAUTHENTICATED' })).toBe(1);
  expect(value('im_server_refused_frames_total', { im_code: 'UNSUPPORTED_TYPE' })).toBe(1);
  expect(value('im_server_refused_frames_total', { im_code: 'PERMISSION_DENIED' })).toBe(1);
  expect(value('im_server_requests_total', { im_command: 'ASK', im_code: 'OK' })).toBe(2);
  expect(value('im_server_requests_total', { im_command: 'ASK', im_code: 'PERMISSION_DENIED' })).toBe(1);
  expect(value('im_server_requests_total', { im_command: 'ASK', im_code: 'INTERNAL' })).toBe(1);
  expect(value('im_server_requests_active')).toBe(0);

  // What the clients have seen. The lazy one has not read all yet.
  expect(value('im_server_sent_bytes_total', { im_transport: 'websocket' })).toBe(received.websocket);
  expect(value('im_server_sent_bytes_total', { im_transport: 'tcp' })).toBeGreaterThanOrEqual(received.tcp);
  expect(value('im_server_received_bytes_total', { im_transport: 'tcp' })).toBe(traffic.tcp.bytesReceived);
  expect(value('im_server_received_frames_total', { im_transport: 'tcp' })).toBe(2 + 4 + 2 + 2 + 2);
  expect(value('im_server_received_frames_total', { im_transport: 'websocket' })).toBe(3);
  expect(value('im_server_sent_frames_total', { im_transport: 'websocket' })).toBe(3);
  expect(value('im_server_queue_bytes')).toBe(queue.bytes);
  expect(queue.bytes).toBeGreaterThan(100_000);
  expect(value('im_server_queue_full_total')).toBe(1);

  expect(types.get('im_server_request_duration_seconds')).toBe('histogram');
  expect(value('im_server_request_duration_seconds_count')).toBe(4);
  expect(value('im_server_request_duration_seconds_bucket', { le: '+Inf' })).toBe(4);
  expect(value('im_server_request_duration_seconds_bucket', { le: '0.0005' })).toBeLessThanOrEqual(4);
  expect(value('im_server_request_duration_seconds_sum')).toBeGreaterThan(0);
  expect(value('im_server_handling_seconds_total', { im_command: 'ASK' })).toBeGreaterThan(0);
  expect(value('im_server_login_duration_seconds_count', { im_code: 'OK' })).toBe(4);

  const text = JSON.stringify(samples);
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  stop();
});

it('counters only grow, and a server that is not the instrumented one does not count', async () => {
  const { meterProvider, scrape } = await scraper();
  const world = await host(SESSION_HOST);
  const other = await host(SESSION_HOST);
  const { stop } = instrument(world.server, { meterProvider });
  await playSession(world);
  const before = await scrape();
  await playSession(other);
  const between = await scrape();
  const isCounter = (name: string): boolean => /_(total|count|bucket|sum)$/.test(name);
  const counts = ({ samples }: typeof before) => samples.filter(({ name }) => isCounter(name));
  expect(counts(between)).toEqual(counts(before));
  const { socket, received } = await loggedInTcp(world.port);
  socket.write(question(2));
  await received.count(3);
  const after = await scrape();
  for (const { name, labels, value } of counts(before)) expect(after.value(name, labels), name).toBeGreaterThanOrEqual(value);
  expect(after.value('im_server_request_duration_seconds_count')).toBe(5);
  stop();
  socket.write(question(6));
  await received.count(4);
  expect((await scrape()).value('im_server_request_duration_seconds_count')).toBe(5);
});

it('attributes of the application are on every metric', async () => {
  const { meterProvider, scrape } = await scraper();
  const world = await host(SESSION_HOST);
  const { stop } = instrument(world.server, { meterProvider, attributes: { 'server.id': '7' } });
  await playSession(world);
  const { samples } = await scrape();
  const own = samples.filter(({ name }) => name.startsWith('im_server_'));
  expect(own.length).toBeGreaterThan(30);
  expect(own.filter(({ labels }) => labels.server_id !== '7')).toEqual([]);
  stop();
});

it.each([-0.1, 1.1, Number.NaN])('a share of %d requests is refused', async (requestSpanRatio) => {
  const { server } = await host();
  expect(() => instrument(server, { requestSpanRatio })).toThrow(
    new RangeError(`requestSpanRatio: expected 0 to 1, got ${requestSpanRatio}`),
  );
});
