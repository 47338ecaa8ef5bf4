// The library's own server with all metrics of OpenTelemetry, which are collected every second: more often than Prometheus does.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { entry } from '../../library.mjs';
import { startServer } from './im-protocol.mjs';

const COLLECT_MS = 1_000;

export async function start(users) {
  const { instrument } = await entry('otel');
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const server = await startServer(users);
  return {
    port: server.port,
    observe: switchable(
      () => instrument(server, { meterProvider }),
      () => exporter.collect(),
    ),
  };
}

/**
 * @param begin returns an instrumentation.
 * @param collect is called every second while it is on.
 * @returns a function that switches it on and off.
 */
export function switchable(begin, collect) {
  let stop;
  return (isOn) => {
    stop?.();
    stop = undefined;
    if (!isOn) return;
    const instrumentation = begin();
    const timer = setInterval(collect, COLLECT_MS);
    stop = () => {
      clearInterval(timer);
      instrumentation.stop();
    };
  };
}
