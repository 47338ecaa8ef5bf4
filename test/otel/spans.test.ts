// Spans of a server, by the SDK of OpenTelemetry.
import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { encodeFrame, ProtocolError } from '../../src/index.js';
import { activeTraceId, activeTraceparent, instrument, inTrace } from '../../src/otel/index.js';
import { deliver, Uplink } from '../../src/server/index.js';
import { ASK, custom } from '../connection/messages.js';
import { loggedInTcp } from '../node/foreign.js';
import { ALICE, host } from '../node/host.js';
import { playSession, question, SECRETS, SESSION_HOST } from './scrape.js';

let exporter: InMemorySpanExporter;
let tracerProvider: BasicTracerProvider;

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  exporter = new InMemorySpanExporter();
  tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return async () => {
    context.disable();
    await tracerProvider.shutdown();
  };
});

const named = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);

describe('spans', () => {
  it('of LOGINs and requests have code, command and connection, and nothing secret', async () => {
    const world = await host(SESSION_HOST);
    const { stop } = instrument(world.server, { tracerProvider, attributes: { 'server.id': '7' } });
    await playSession(world);
    stop();
    const logins = named('im LOGIN').map(({ attributes }) => [attributes['im.login'], attributes['im.code']]);
    expect(logins.sort()).toEqual([
      ['first', 'OK'],
      ['first', 'OK'],
      ['first', 'OK'],
      ['first', 'UNAUTHENTICATED'],
      ['renewal', 'OK'],
    ]);
    const requests = named('im ASK');
    const facts = requests.map(({ attributes, status, kind, parentSpanContext }) => [
      attributes['im.code'],
      attributes['error.type'],
      status.code,
      kind,
      parentSpanContext,
    ]);
    const { UNSET, ERROR } = SpanStatusCode;
    expect(facts).toEqual([
      ['OK', undefined, UNSET, SpanKind.SERVER, undefined],
      ['PERMISSION_DENIED', 'PERMISSION_DENIED', UNSET, SpanKind.SERVER, undefined],
      ['INTERNAL', 'INTERNAL', ERROR, SpanKind.SERVER, undefined],
      ['OK', undefined, UNSET, SpanKind.SERVER, undefined],
    ]);
    expect(requests[0].attributes).toEqual({
      'server.id': '7',
      'im.command': 'ASK',
      'im.connection.id': world.logins[0].id,
      'im.transport': 'tcp',
      'im.version': 1,
      'im.code': 'OK',
    });
    // As an exporter sees them.
    const seen = exporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status, links }) => ({ name, attributes, events, status, links }));
    for (const secret of [...SECRETS, 's-secret']) expect(JSON.stringify(seen)).not.toContain(secret);
  });

  it('are active in the callbacks, also after an await, and spans of the application are their children', async () => {
    const active: (string | undefined)[] = [];
    const { server, port } = await host({
      commands: { [ASK]: 'ASK' },
      login: async () => {
        await null;
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        return ALICE;
      },
      message: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        tracerProvider.getTracer('application').startActiveSpan('database', (span: Span) => span.end());
        return custom('re');
      },
    });
    const { stop } = instrument(server, { tracerProvider });
    const { socket, received } = await loggedInTcp(port);
    socket.write(question(2));
    await received.count(3);
    const [[login], [request], [child]] = [named('im LOGIN'), named('im ASK'), named('database')];
    expect(active).toEqual([login.spanContext().spanId, request.spanContext().spanId]);
    expect(child.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    expect(login.spanContext().traceId).not.toBe(request.spanContext().traceId);
    stop();
  });

  it.each([0, 1])('of a share of %d requests', async (requestSpanRatio) => {
    const { server, port } = await host({ commands: { [ASK]: 'ASK' } });
    const { stop } = instrument(server, { tracerProvider, requestSpanRatio });
    const { socket, received } = await loggedInTcp(port);
    socket.write(Buffer.concat([question(2), question(3)]));
    await received.count(4);
    expect([named('im ASK').length, named('im LOGIN').length]).toEqual([2 * requestSpanRatio, 1]);
    stop();
  });

  it('end when the connection ends before the answer', async () => {
    const { server, port } = await host({
      commands: { [ASK]: 'ASK' },
      message: () => new Promise((resolve) => (release = () => resolve(custom('re')))),
    });
    let release = (): void => {};
    const { stop } = instrument(server, { tracerProvider });
    const { socket } = await loggedInTcp(port);
    socket.write(question(2));
    await expect.poll(() => server.metrics().requests.active).toBe(1);
    socket.destroy();
    await expect.poll(() => server.connectionCount).toBe(0);
    release();
    await expect.poll(() => named('im ASK').map(({ attributes }) => attributes['im.code'])).toEqual(['CLOSED']);
    stop();
  });

  it('are not made without a provider, or after `stop`', async () => {
    trace.setGlobalTracerProvider(tracerProvider);
    onTestFinished(() => trace.disable());
    const { server, port } = await host();
    instrument(server).stop();
    instrument(server, { tracerProvider }).stop();
    const { stop } = instrument(server);
    const { socket, received } = await loggedInTcp(port);
    socket.write(question(2));
    await received.count(3);
    expect(exporter.getFinishedSpans()).toEqual([]);
    stop();
  });
});

it('an SDK that throws affects no connection', async () => {
  const failing = { getTracer: () => ({ startSpan: () => fail(), startActiveSpan: () => fail() }) };
  const fail = (): never => {
    throw new Error('the SDK failed');
  };
  const { server, port } = await host();
  const { stop } = instrument(server, { tracerProvider: failing });
  const { socket, received } = await loggedInTcp(port);
  socket.write(question(2));
  await received.count(3);
  expect(received.names).toEqual(['Welcome', '1', String(ASK)]);
  stop();
});

describe('a trace through the platform', () => {
  it('goes from the request over UplinkInfo and ReceiveInfo to the delivery', async () => {
    const uplinks: { traceId?: string | undefined; sequence?: number | undefined; connectionId?: string | undefined }[] = [];
    const uplink = new Uplink<never>({
      serverId: '7',
      traceId: activeTraceId,
      publish: (info) => {
        uplinks.push(info);
        const { sender, connectionId, sequence, traceId, cmd } = info;
        // The platform, in the trace of the UplinkInfo, answers with the same trace id.
        inTrace(
          traceId ?? '',
          'platform',
          () => {
            const receivers = [{ terminal: sender!.terminal, userIds: [sender!.userId!] }];
            const data = custom('re').data as never;
            const frame = encodeFrame(
              'ReceiveInfo',
              { cmd: cmd!, receivers, connectionId, replyTo: sequence, traceId: activeTraceId(), data },
              { version: 2 },
            );
            setImmediate(() =>
              deliver(frame, world.server as never, {
                uplink,
                around: (message, run) => inTrace(message.traceId, 'deliver', run, { tracerProvider }),
              }),
            );
          },
          { tracerProvider },
        );
      },
    });
    const world = await host({ commands: { [ASK]: 'ASK' }, message: uplink.message as never });
    const { stop } = instrument(world.server, { tracerProvider });
    const { socket, received } = await loggedInTcp(world.port);
    socket.write(question(2));
    await received.count(3);
    expect(received.names).toEqual(['Welcome', '1', String(ASK)]);
    const [[request], [platform], [delivery]] = [named('im ASK'), named('platform'), named('deliver')];
    const { traceId } = request.spanContext();
    expect(uplinks.map((info) => info.traceId)).toEqual([traceId]);
    expect([platform, delivery].map((span) => span.spanContext().traceId)).toEqual([traceId, traceId]);
    expect([platform, delivery].map(({ parentSpanContext }) => parentSpanContext?.isRemote)).toEqual([true, true]);
    stop();
  });

  it('without a span, messages have the default trace id', async () => {
    const traceIds: (string | undefined)[] = [];
    const uplink = new Uplink<never>({
      serverId: '7',
      traceId: activeTraceId,
      publish: ({ traceId }) => void traceIds.push(traceId),
    });
    const { port, logins } = await host({ message: uplink.message as never });
    const { socket } = await loggedInTcp(port);
    socket.write(question(2));
    await expect.poll(() => traceIds).toEqual([`${logins[0].id}.1`]);
  });
});

describe('inTrace', () => {
  const run = <T>(traceId: string, call: () => T): T => inTrace(traceId, 'work', call, { tracerProvider, attributes: { a: 1 } });
  const TRACE = '0af7651916cd43dd8448eb211c80319c';

  it('continues a traceparent: trace, parent and sampling', () => {
    const outgoing = run(`00-${TRACE}-b7ad6b7169203331-01`, () => [activeTraceId(), activeTraceparent()]);
    const [span] = named('work');
    expect(span.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: 'b7ad6b7169203331', isRemote: true });
    expect(outgoing).toEqual([TRACE, `00-${TRACE}-${span.spanContext().spanId}-01`]);
    run(`00-${TRACE}-b7ad6b7169203331-00`, () => expect(activeTraceparent()).toMatch(/-00$/));
    expect(named('work')).toHaveLength(1);
  });

  it('begins a new trace for any other id, which is an attribute then', () => {
    run('chat-17', () => {});
    run('', () => {});
    const [first, second] = named('work');
    expect(first).toMatchObject({ parentSpanContext: undefined, attributes: { 'im.trace_id': 'chat-17', a: 1 } });
    expect(second.attributes).toEqual({ a: 1 });
  });

  it('ends its span when a promise is settled, and passes on results and errors', async () => {
    expect(run(TRACE, () => 5)).toBe(5);
    const failure = new ProtocolError('OVERLOADED', SECRETS[1]);
    expect(() =>
      run(TRACE, () => {
        throw failure;
      }),
    ).toThrow(failure);
    await expect(
      run(TRACE, async () => {
        await null;
        throw new TypeError(SECRETS[4]);
      }),
    ).rejects.toThrow(TypeError);
    await expect(run(TRACE, async () => activeTraceId())).resolves.toBe(TRACE);
    const seen = named('work').map(({ attributes, status }) => [attributes['error.type'], status]);
    const { UNSET, ERROR } = SpanStatusCode;
    expect(seen).toEqual([
      [undefined, { code: UNSET }],
      ['OVERLOADED', { code: ERROR }],
      ['TypeError', { code: ERROR }],
      [undefined, { code: UNSET }],
    ]);
  });
});
