// The configuration files of name server, broker and proxy.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST, type Ports } from './ports.js';

const CLUSTER = 'DefaultCluster';
export const BROKER = 'broker-a';
const MEBIBYTE = 1 << 20;

/** Everything except broker.conf, which is written at each start. */
export function writeConfiguration(folder: string, ports: Ports): void {
  mkdirSync(join(folder, 'store', 'commitlog'), { recursive: true });
  writeFileSync(join(folder, 'namesrv.conf'), namesrvConf(folder, ports));
  writeFileSync(join(folder, 'proxy.json'), proxyJson(ports));
  for (const name of ['namesrv', 'proxy'])
    writeFileSync(join(folder, `${name}.logback.xml`), logback(join(folder, `${name}.log`)));
}

/** The broker overwrites its file when a setting changes, so it is written at each start. */
export function writeBrokerConf(folder: string, ports: Ports): void {
  const store = join(folder, 'store');
  writeFileSync(
    join(folder, 'broker.conf'),
    properties({
      brokerClusterName: CLUSTER,
      brokerName: BROKER,
      brokerId: 0,
      brokerIP1: HOST,
      brokerIP2: HOST,
      bindAddress: HOST,
      listenPort: ports.broker,
      haListenPort: ports.ha,
      namesrvAddr: `${HOST}:${ports.namesrv}`,
      brokerRole: 'ASYNC_MASTER',
      // Survives a killed process, but not a power failure.
      flushDiskType: 'ASYNC_FLUSH',
      autoCreateTopicEnable: false,
      autoCreateSubscriptionGroup: false,
      // SQL92 filters.
      enablePropertyFilter: true,
      storePathRootDir: store,
      storePathCommitLog: join(store, 'commitlog'),
      // Small files for small tests.
      mappedFileSizeCommitLog: 64 * MEBIBYTE,
      mappedFileSizeConsumeQueue: 600_000,
      mappedFileSizeTimerLog: 10 * MEBIBYTE,
      maxHashSlotNum: 50_000,
      maxIndexNum: 200_000,
      diskMaxUsedSpaceRatio: 95,
    }),
  );
}

function namesrvConf(folder: string, ports: Ports): string {
  return properties({ listenPort: ports.namesrv, bindAddress: HOST, kvConfigPath: join(folder, 'kvConfig.json') });
}

function proxyJson(ports: Ports): string {
  return JSON.stringify({
    rocketMQClusterName: CLUSTER,
    namesrvAddr: `${HOST}:${ports.namesrv}`,
    proxyMode: 'LOCAL',
    grpcServerPort: ports.grpc,
    remotingListenPort: ports.remoting,
    grpcShutdownTimeSeconds: 1,
    // How long messages of a killed consumer stay invisible; a minute by default.
    defaultInvisibleTimeMills: 10_000,
    // A closing consumer waits for its last poll; 20 seconds by default.
    grpcClientConsumerMaxLongPollingTimeoutMillis: 5_000,
  });
}

function properties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** One log file with warnings per process instead of twenty files. */
function logback(file: string): string {
  return `<configuration><appender name="FILE" class="ch.qos.logback.core.FileAppender"><file>${file}</file>
<encoder><pattern>%d{HH:mm:ss.SSS} %p %c %t - %m%n</pattern></encoder></appender>
<root level="WARN"><appender-ref ref="FILE"/></root></configuration>
`;
}
