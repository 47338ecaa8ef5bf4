// Runs a real RocketMQ 5 on loopback: a name server, and a broker with the proxy for clients.
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from '../cache.js';
import { endChild } from '../children.js';
import { brokerIsRegistered, countMessages, createGroup, createTopic, type GroupSettings, type TopicType } from './admin.js';
import { writeBrokerConf, writeConfiguration } from './configuration.js';
import { installJars } from './jars.js';
import { type JavaProgram, startJava } from './java-process.js';
import { clearLeftovers } from './leftovers.js';
import { freePorts, HOST, type Ports } from './ports.js';

const RUNS = join(CACHE, 'runs');

export class Cluster {
  readonly #folder: string;
  readonly #classPath: string;
  readonly ports: Ports;
  #namesrv: ChildProcess | undefined;
  #broker: ChildProcess | undefined;

  private constructor(folder: string, classPath: string, ports: Ports) {
    this.#folder = folder;
    this.#classPath = classPath;
    this.ports = ports;
  }

  /** Downloads RocketMQ and starts an empty cluster. */
  static async start(): Promise<Cluster> {
    const classPath = installJars();
    await clearLeftovers(RUNS);
    const folder = join(RUNS, String(process.pid));
    const cluster = new Cluster(folder, classPath, await freePorts());
    // Its processes have exited.
    process.once('exit', () => cluster.#deleteFolder());
    writeConfiguration(folder, cluster.ports);
    try {
      cluster.#namesrv = await startJava(folder, classPath, cluster.#namesrvProgram());
      await cluster.startBroker();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The endpoints for clients. */
  get endpoints(): string {
    return `${HOST}:${this.ports.grpc}`;
  }

  /** Starts the broker, also after `killBroker`: topics, groups and messages are kept. */
  async startBroker(): Promise<void> {
    writeBrokerConf(this.#folder, this.ports);
    this.#broker = await startJava(this.#folder, this.#classPath, this.#brokerProgram());
    await brokerIsRegistered(this.ports);
  }

  /** kill -9: a normal shutdown takes 15 seconds, and the store survives this. */
  async killBroker(): Promise<void> {
    if (this.#broker) await endChild(this.#broker, 'SIGKILL');
  }

  createTopic(topic: string, type: TopicType): Promise<void> {
    return createTopic(this.ports, topic, type);
  }

  countMessages(topic: string): Promise<number> {
    return countMessages(this.ports, topic);
  }

  createGroup(group: string, settings: GroupSettings): Promise<void> {
    return createGroup(this.ports, group, settings);
  }

  /** Stops the cluster and deletes its files. */
  async stop(): Promise<void> {
    await this.killBroker();
    if (this.#namesrv) await endChild(this.#namesrv, 'SIGKILL');
    this.#deleteFolder();
  }

  #deleteFolder(): void {
    // With retries: a process that is being killed may still write.
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #namesrvProgram(): JavaProgram {
    return {
      name: 'namesrv',
      main: 'org.apache.rocketmq.namesrv.NamesrvStartup',
      args: ['-c', join(this.#folder, 'namesrv.conf')],
      jvm: ['-Xms32m', '-Xmx64m'],
      readyText: 'boot success',
    };
  }

  #brokerProgram(): JavaProgram {
    const namesrv = `${HOST}:${this.ports.namesrv}`;
    return {
      name: 'proxy',
      main: 'org.apache.rocketmq.proxy.ProxyStartup',
      args: ['-pm', 'local', '-bc', join(this.#folder, 'broker.conf'), '-pc', join(this.#folder, 'proxy.json'), '-n', namesrv],
      jvm: [
        '-Xms64m',
        '-Xmx384m',
        '-XX:MaxDirectMemorySize=256m',
        // Above this disk usage, RocketMQ accepts no messages; the default is 90 percent.
        '-Drocketmq.broker.diskSpaceWarningLevelRatio=0.99',
        '-Drocketmq.broker.diskSpaceCleanForciblyRatio=0.98',
      ],
      readyText: 'startup successfully',
    };
  }
}
