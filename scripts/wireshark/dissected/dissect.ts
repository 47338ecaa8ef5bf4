import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dissected, dissected } from './frames.js';
import { letOthersRead } from './let-others-read.js';
import { parsePdml } from './pdml.js';
import { tshark } from './tshark.js';

/** Dissects a capture with tshark. Returns the frames of each packet, by packet number. */
export async function dissect(capture: Uint8Array, ...options: string[]): Promise<Map<number, Dissected[]>> {
  return withCapture(capture, async (path) => {
    const pdml = parsePdml(await tshark(path, '-T', 'pdml', '-J', 'im', ...options));
    return new Map([...pdml].map(([number, roots]) => [number, roots.map(dissected)]));
  });
}

/** Writes a capture to a temporary file for `look`. */
export async function withCapture<T>(capture: Uint8Array, look: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'im-capture-'));
  try {
    const path = join(folder, 'capture.pcap');
    writeFileSync(path, capture);
    letOthersRead(path);
    return await look(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
