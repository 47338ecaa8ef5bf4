// The library's own server with OpenTelemetry: all metrics, which are collected every second, and one request in a hundred as a span.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { entry } from '../../library.mjs';
import { startServer } from './im-protocol.mjs';

const COLLECT_MS = 1_000;

export async function start(users) {
  const { instrument } = await entry('otel');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const metricExporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [metricExporter] });
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(spanExporter)] });
  const server = await startServer(users);
  instrument(server, { meterProvider, tracerProvider, requestSpanRatio: 0.01 });
  setInterval(() => {
    metricExporter.collect();
    spanExporter.reset();
  }, COLLECT_MS).unref();
  return server.port;
}
