// Builds and starts the Java programs of interop/java.
import type { ChildProcess } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CACHE, ROOT } from '../cache.js';
import { startChild } from '../children.js';
import { runMaven } from '../maven.js';

const PROJECT = join(ROOT, 'interop/java');

/** Generates the messages from proto/, downloads dependencies, and compiles. */
export function buildJava(): void {
  runMaven('-f', join(PROJECT, 'pom.xml'), 'package');
}

/** @param onLine receives lines of standard output. @param onTalk receives lines of standard error; default: they are passed on. */
export function startProgram(
  name: 'ConsumeReceiveInfo' | 'ProduceReceiveInfo',
  args: readonly string[],
  onLine: (line: string) => void,
  onTalk: (line: string) => void,
): ChildProcess {
  const classPath = ['classes', 'lib/*'].map((part) => join(PROJECT, 'target', part)).join(delimiter);
  // RocketMQ's client logs to the home folder.
  const jvm = ['-Xmx128m', '-XX:TieredStopAtLevel=1', `-Duser.home=${CACHE}`, '-cp', classPath];
  const child = startChild('java', [...jvm, `im.interop.rocketmq.${name}`, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  createInterface({ input: child.stdout! }).on('line', onLine);
  createInterface({ input: child.stderr! }).on('line', onTalk);
  return child;
}
