import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Arrival, ChatSettings } from './chat-server.js';
import { Collected } from './collected.js';

export interface ProcessSettings {
  /** 0 = any. */
  readonly port: number;
  readonly inbox?: ChatSettings['inbox'];
  /** No message is answered. */
  readonly isSilent?: boolean;
}

export interface ServerProcess {
  readonly port: number;
  /** What came to this server, and no other. */
  readonly arrivals: Collected<Arrival>;
  /** Ends it as a crash does: it has no time to say a word. */
  kill(): Promise<void>;
}

/** A server in a process of its own, which listens; it is gone when the test has ended. */
export async function startProcess(settings: ProcessSettings): Promise<ServerProcess> {
  const child = fork(new URL('serve-chat.ts', import.meta.url), { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const arrivals = new Collected<Arrival>();
  child.send(settings);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  child.on('message', ({ arrival }: { arrival: Arrival }) => arrivals.add(arrival));
  return { port, arrivals, kill };
}
