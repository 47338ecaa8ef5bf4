// The `trace_id` of the protocol and the trace context of W3C (https://www.w3.org/TR/trace-context/).
import { context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';

const TRACE_ID = /^[0-9a-f]{32}$/;
/** Version, trace id, parent id, flags. Later versions than 00 may add fields at the end; ff is not a version. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ONLY_ZEROS = /^0+$/;

/**
 * The remote parent that a `trace_id` of the protocol stands for: of a UplinkInfo, ReceiveInfo or SendResult.
 *
 * - 32 hexadecimal digits in lower case, not all zeros, are the trace id of W3C. The id of the parent span is not known: its place takes the second
 *   half of the trace id. The trace counts as sampled.
 * - A `traceparent` of W3C has all: trace id, parent span and the sampling decision.
 * - Any other value has no meaning here: the result is undefined.
 */
export function spanContextOf(traceId: string): SpanContext | undefined {
  if (TRACE_ID.test(traceId)) {
    if (ONLY_ZEROS.test(traceId)) return undefined;
    const [first, second] = [traceId.slice(0, 16), traceId.slice(16)];
    const spanId = ONLY_ZEROS.test(second) ? first : second;
    return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  }
  const [, version, id, spanId, flags, rest] = TRACEPARENT.exec(traceId) ?? [];
  if (id === undefined || ONLY_ZEROS.test(id) || ONLY_ZEROS.test(spanId)) return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId: id, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

/**
 * The trace id of the active span, 32 hexadecimal digits: for the `trace_id` of outgoing messages, as in `new Uplink({ traceId: activeTraceId })` and
 * `planFanOut(message, routes, { traceId: activeTraceId() })`. Undefined if no span is active.
 */
export function activeTraceId(): string | undefined {
  return activeSpanContext()?.traceId;
}

/**
 * The active span as a `traceparent` of W3C, 55 characters: as `activeTraceId`, with the parent span and the sampling decision. Undefined if no span
 * is active.
 */
export function activeTraceparent(): string | undefined {
  const active = activeSpanContext();
  if (active === undefined) return undefined;
  const flags = active.traceFlags & TraceFlags.SAMPLED;
  return `00-${active.traceId}-${active.spanId}-0${flags}`;
}

function activeSpanContext(): SpanContext | undefined {
  const active = trace.getSpanContext(context.active());
  return active !== undefined && trace.isSpanContextValid(active) ? active : undefined;
}
