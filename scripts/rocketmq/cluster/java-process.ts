// Runs RocketMQ in a JVM.
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, isAlive, startChild } from '../children.js';

export interface JavaProgram {
  /** The name of its log, output and pid files. */
  readonly name: string;
  readonly main: string;
  readonly args: readonly string[];
  readonly jvm: readonly string[];
  /** The text that it prints when it is ready. */
  readonly readyText: string;
}

/** JVM options: access that RocketMQ 5.3 needs on JDK 17, and limits for a machine with two cores. */
const JVM = [
  '-XX:+UseSerialGC',
  '-XX:-UsePerfData',
  '-XX:TieredStopAtLevel=1',
  '-Djava.net.preferIPv4Stack=true',
  '--add-exports=java.base/sun.nio.ch=ALL-UNNAMED',
  ...['java.nio', 'java.lang', 'java.util'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
];
/** A start takes 2 to 7 seconds, more on a busy machine. */
const TIMEOUT_MS = 120_000;

/** Starts a program in `folder` and waits until it is ready. */
export async function startJava(folder: string, classPath: string, program: JavaProgram): Promise<ChildProcess> {
  const { name, main, args, jvm, readyText } = program;
  const output = join(folder, `${name}.out`);
  const file = openSync(output, 'w');
  const own = [
    `-Duser.home=${folder}`,
    homeOption(folder),
    `-Drmq.logback.configurationFile=${join(folder, `${name}.logback.xml`)}`,
  ];
  const child = startChild('java', [...JVM, ...own, ...jvm, '-cp', classPath, main, ...args], {
    cwd: folder,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  writeFileSync(join(folder, `${name}.pid`), String(child.pid));
  await isReady(child, name, () => readFileSync(output, 'utf8'), readyText);
  return child;
}

/** The marker by which a process is recognized as started in this folder. */
export function homeOption(folder: string): string {
  return `-Drocketmq.home.dir=${folder}`;
}

async function isReady(child: ChildProcess, name: string, output: () => string, text: string): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; !output().includes(text); await sleep(50)) {
    if (isAlive(child) && Date.now() < end) continue;
    const why = isAlive(child)
      ? `was not ready within ${TIMEOUT_MS / 1000} s`
      : `ended with ${child.exitCode ?? child.signalCode}`;
    await endChild(child, 'SIGKILL');
    throw new Error(`${name} ${why}:\n${output().slice(-2_000)}`);
  }
}
