// bench/rocketmq-results.md
import { cpus } from 'node:os';
import type { Measured } from './measure.js';

export interface Contender {
  readonly name: string;
  readonly rounds: readonly Measured[];
}

export function markdown(about: string, contenders: readonly Contender[]): string {
  const rows = contenders.map(({ name, rounds }) => {
    const latencies = rounds.flatMap(({ latencyMs }) => latencyMs);
    const figures = [
      quantile(
        rounds.map(({ publishedPerSecond }) => publishedPerSecond),
        0.5,
      ),
      quantile(
        rounds.map(({ deliveredPerSecond }) => deliveredPerSecond),
        0.5,
      ),
      quantile(latencies, 0.5),
      quantile(latencies, 0.99),
    ];
    return `| ${[name, ...figures.map(figure)].join(' | ')} |`;
  });
  return `# The brokers

Written by \`npm run rocketmq -- --bench\`, on ${cpus()[0].model.trim()} with ${cpus().length} cores and Node ${process.versions.node}. Medians of ${contenders[0].rounds.length} rounds.

${about}

| broker | acknowledged per second | delivered per second | latency, median, ms | latency, 99th percentile, ms |
|---|---:|---:|---:|---:|
${rows.join('\n')}

- Acknowledged, delivered: 100 concurrent conversations, each message sent when the previous one was acknowledged; until the broker
  had the last message, and until the last message was handled.
- Latency: from the call of \`publish\` to the handler, one message at a time.
`;
}

/** Three significant digits. */
function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
