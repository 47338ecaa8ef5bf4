// `@im/protocol/otel`: metrics and spans of a server by OpenTelemetry. The package `@opentelemetry/api` is an optional peer dependency; the SDK and its
// exporters are the application's.
export { type InTraceOptions, inTrace } from './in-trace.js';
export { type Instrumentation, type InstrumentOptions, instrument } from './instrument.js';
export { activeTraceId, activeTraceparent, spanContextOf } from './trace-id.js';
