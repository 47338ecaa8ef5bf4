import { tracingChannel } from 'node:diagnostics_channel';
import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { CallMessage, LoginMessage, RequestMessage, Server } from '../node/index.js';
import { subscriber } from './scope.js';

/** Results that are faults of the server. Others are errors of the client, or of nobody. */
const FAULTS: readonly unknown[] = ['INTERNAL', 'OVERLOADED', 'TIMEOUT'];

/**
 * Spans of LOGINs and requests.
 * @param ratio of the requests that get a span, 0 to 1.
 * @param shared attributes of all spans.
 * @returns a function that ends it.
 */
export function traceServer(tracer: Tracer, server: Server, ratio: number, shared: Attributes): () => void {
  const spans = new WeakMap<CallMessage, Span>();

  const begin = (message: CallMessage, name: string, attributes: Attributes): void => {
    const { id, transport, version } = message.connection;
    const own = { 'im.connection.id': id, 'im.transport': transport, 'im.version': version, ...attributes };
    // Not the active context: it may be that of the HTTP request with which the connection began.
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes: { ...shared, ...own } }, ROOT_CONTEXT);
    spans.set(message, span);
    const active = trace.setSpan(ROOT_CONTEXT, span);
    message.within((call) => context.with(active, call));
  };
  const beginRequest = (message: RequestMessage): void => {
    if (message.server !== server || Math.random() >= ratio) return;
    begin(message, `im ${message.command}`, { 'im.command': message.command });
  };
  const beginLogin = (message: LoginMessage): void => {
    if (message.server !== server) return;
    begin(message, 'im LOGIN', { 'im.command': 'LOGIN', 'im.login': message.isRenewal ? 'renewal' : 'first' });
  };
  const end = (message: CallMessage): void => {
    const span = spans.get(message);
    if (span === undefined) return;
    const code = String(message.code);
    span.setAttribute('im.code', code);
    if (code !== 'OK') span.setAttribute('error.type', code);
    if (FAULTS.includes(message.code)) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };

  const [login, request] = [tracingChannel('im.protocol.server.login'), tracingChannel('im.protocol.server.request')];
  const subscriptions = [
    [login.start, subscriber(beginLogin)],
    [login.asyncEnd, subscriber(end)],
    [request.start, subscriber(beginRequest)],
    [request.asyncEnd, subscriber(end)],
  ] as const;
  for (const [channel, take] of subscriptions) channel.subscribe(take);
  return () => {
    for (const [channel, take] of subscriptions) channel.unsubscribe(take);
  };
}
