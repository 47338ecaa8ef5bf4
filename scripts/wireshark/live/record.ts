// Captures live traffic on the loopback interface, as root.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { letOthersRead } from '../dissected/let-others-read.js';

/** Timeout until a packet is in the file. */
const DEADLINE_MS = 20_000;
const POLL_MS = 50;

/** Captures the loopback interface while `play` runs, then calls `look` with the file. */
export async function record<T>(play: () => Promise<void>, look: (capture: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'im-live-'));
  const capture = join(folder, 'capture.pcapng');
  const dumpcap = spawn('dumpcap', ['-q', '-i', 'lo', '-w', capture], { stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = (): void => void dumpcap.kill('SIGKILL');
  process.once('exit', kill);
  const complaints: string[] = [];
  dumpcap.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  try {
    await seen(capture, dumpcap, complaints);
    await play();
    await seen(capture, dumpcap, complaints);
    await stopped(dumpcap);
    letOthersRead(capture);
    return await look(capture);
  } finally {
    kill();
    process.off('exit', kill);
    rmSync(folder, { recursive: true });
  }
}

/** Sends a unique packet until it is in the capture: then the capture is running and has all earlier packets. */
async function seen(capture: string, dumpcap: ChildProcess, complaints: readonly string[]): Promise<void> {
  const mark = randomBytes(16);
  const socket = createSocket('udp4');
  try {
    for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await sleep(POLL_MS)) {
      if (dumpcap.exitCode !== null) throw new Error(`dumpcap ended:\n${complaints.join('')}`);
      // The port of discard; no listener is needed.
      socket.send(mark, 9, '127.0.0.1');
      if (existsSync(capture) && readFileSync(capture).includes(mark)) return;
    }
    throw new Error(`timed out waiting for dumpcap (${DEADLINE_MS} ms):\n${complaints.join('')}`);
  } finally {
    socket.close();
  }
}

async function stopped(dumpcap: ChildProcess): Promise<void> {
  dumpcap.kill('SIGINT');
  if (dumpcap.exitCode === null) await once(dumpcap, 'exit');
}
