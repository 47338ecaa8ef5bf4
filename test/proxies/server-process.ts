import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { ServerSettings } from './processes/server.js';

export const SERVER = fileURLToPath(new URL('processes/server.ts', import.meta.url));

export interface Running {
  readonly process: ChildProcess;
  /** The lines of JSON that it has printed. */
  readonly lines: Record<string, unknown>[];
  /** The exit code, or the signal that has ended it. */
  readonly exit: Promise<unknown>;
}

export interface ServerProcess extends Running {
  readonly port: number;
  /** SIGTERM; resolves when it has ended with 0. */
  drain(): Promise<void>;
}

/** Runs a TypeScript program until the test ends. @param fd is 3 in the process. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, fd?: number): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', ...(fd === undefined ? [] : [fd])],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line.startsWith('{') ? JSON.parse(line) : { line }));
  return { process: child, lines, exit: once(child, 'exit').then(([code, signal]) => code ?? signal) };
}

export async function startServer(settings: ServerSettings = {}, fd?: number): Promise<ServerProcess> {
  const running = run(SERVER, [JSON.stringify(settings)], {}, fd);
  await expect.poll(() => running.lines[0]?.port, { timeout: 60_000 }).toBeTypeOf('number');
  return {
    ...running,
    port: Number(running.lines[0].port),
    drain: async () => {
      running.process.kill('SIGTERM');
      expect(await running.exit).toBe(0);
    },
  };
}
