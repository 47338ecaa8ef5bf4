import { type Attributes, type MeterProvider, metrics, type TracerProvider } from '@opentelemetry/api';
import type { Server } from '../node/index.js';
import { observeMetrics } from './metrics.js';
import { SCOPE } from './scope.js';
import { traceServer } from './spans.js';

/** Options of `instrument`. All optional. */
export interface InstrumentOptions {
  /** Where metrics go. Default: the global one of `@opentelemetry/api`; register it before. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Where spans go; `trace.getTracerProvider()` is the global one. Default: no spans. */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * The share of requests that get a span, 0 to 1, chosen at random before the SDK is called. Each LOGIN gets one. A sampler of the SDK applies
   * to these spans, but a span that it drops costs nearly as much as one that it keeps. Default 1.
   */
  readonly requestSpanRatio?: number | undefined;
  /** Attributes of all metrics and spans, for example the id of the server. Default: none. */
  readonly attributes?: Attributes | undefined;
}

/** The instrumentation of a server. */
export interface Instrumentation {
  /** Stops metrics and spans of the server. Call it after `server.close()`. */
  stop(): void;
}

/**
 * Exports metrics and spans of a server by OpenTelemetry. They contain no texts of users, tokens, device ids or ids of users. docs/observability.md
 * lists them.
 *
 * Counts are read from `server.metrics()` when they are collected; durations and spans come from the channels of `node:diagnostics_channel`.
 * @param server the result of `listen`.
 * @throws RangeError for a `requestSpanRatio` out of range.
 */
export function instrument(server: Server, options: InstrumentOptions = {}): Instrumentation {
  const { meterProvider = metrics.getMeterProvider(), tracerProvider, requestSpanRatio = 1, attributes = {} } = options;
  if (!(requestSpanRatio >= 0 && requestSpanRatio <= 1))
    throw new RangeError(`requestSpanRatio: expected 0 to 1, got ${requestSpanRatio}`);
  // Durations are measured from the first call on.
  server.metrics();
  const endMetrics = observeMetrics(meterProvider.getMeter(SCOPE), server, attributes);
  const endSpans = tracerProvider && traceServer(tracerProvider.getTracer(SCOPE), server, requestSpanRatio, attributes);
  return {
    stop() {
      endMetrics();
      endSpans?.();
    },
  };
}
