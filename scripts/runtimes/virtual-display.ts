// A display for a browser that cannot run without one: the X server Xvfb, which draws into memory.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { installProgram } from '../debian/install-package.js';

export interface VirtualDisplay {
  /** The value of DISPLAY: `:99`. */
  readonly name: string;
  close(): void;
}

export async function openVirtualDisplay(): Promise<VirtualDisplay> {
  const otherwise = 'on other systems this runtime is not tested';
  const program = installProgram({ package: 'xvfb', path: '/usr/bin/Xvfb', otherwise });
  // It chooses a number that is free, and writes it as a line to descriptor 3.
  const child = spawn(program, ['-displayfd', '3', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise<string>((resolve, reject) => {
    let line = '';
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => {
      line += String(chunk);
      if (line.endsWith('\n')) resolve(line.trim());
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  // SIGTERM: it deletes its lock file.
  return { name: `:${number}`, close: () => void child.kill('SIGTERM') };
}
