import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { isProtocolError } from '../errors.js';
import { SCOPE } from './scope.js';
import { spanContextOf } from './trace-id.js';

/** Options of `inTrace`. All optional. */
export interface InTraceOptions {
  /** Default: the global one of `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Attributes of the span. Default: none. */
  readonly attributes?: Attributes | undefined;
}

/**
 * Calls a function in a span of the trace of a message, for example for a ReceiveInfo that a server delivers, or a UplinkInfo that a platform
 * handles. The span ends when the function has returned, or when its promise is settled. If it fails, the span gets the name or the code of the
 * error, not its text.
 * @param traceId the `trace_id` of the message: see `spanContextOf`. If it is not a trace id of W3C, the span begins a new trace, and has it as
 * attribute `im.trace_id`.
 * @param name of the span. Use a fixed text or the name of a command.
 * @returns what `call` returns. @throws what `call` throws.
 */
export function inTrace<T>(traceId: string, name: string, call: () => T, options: InTraceOptions = {}): T {
  const { tracerProvider = trace.getTracerProvider(), attributes } = options;
  const parent = spanContextOf(traceId);
  const parentContext = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const own: Attributes = parent === undefined && traceId !== '' ? { 'im.trace_id': traceId } : {};
  const settings = { kind: SpanKind.CONSUMER, attributes: { ...own, ...attributes } };
  const span = tracerProvider.getTracer(SCOPE).startSpan(name, settings, parentContext);
  return context.with(trace.setSpan(parentContext, span), () => endAfter(span, call));
}

function endAfter<T>(span: Span, call: () => T): T {
  let result: T;
  try {
    result = call();
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
  if (result instanceof Promise) {
    result.then(
      () => span.end(),
      (error) => endFailed(span, error),
    );
  } else span.end();
  return result;
}

function endFailed(span: Span, error: unknown): void {
  const type = isProtocolError(error) ? String(error.code) : error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
