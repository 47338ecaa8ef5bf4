// The library's own server with all metrics and spans of OpenTelemetry: each LOGIN, and one request in a hundred.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { entry } from '../../library.mjs';
import { switchable } from './im-metrics.mjs';
import { startServer } from './im-protocol.mjs';

export async function start(users) {
  const { instrument } = await entry('otel');
  const manager = new AsyncLocalStorageContextManager();
  context.setGlobalContextManager(manager);
  const metricExporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [metricExporter] });
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(spanExporter)] });
  const server = await startServer(users);
  const begin = () => {
    manager.enable();
    const instrumentation = instrument(server, { meterProvider, tracerProvider, requestSpanRatio: 0.01 });
    return {
      stop() {
        instrumentation.stop();
        manager.disable();
      },
    };
  };
  const collect = () => {
    metricExporter.collect();
    spanExporter.reset();
  };
  return { port: server.port, observe: switchable(begin, collect) };
}
