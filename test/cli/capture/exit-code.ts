// A capture through all of `decode --json`: the frames, what is said, and the exit code.
import { cli } from '../cli.js';

export interface Decoded {
  readonly code: number | null;
  /** `FLOW COMMAND` of each frame. */
  readonly frames: readonly string[];
  /** Lines on stderr, without the guess of what the input is. */
  readonly said: readonly string[];
}

export function decodeCapture(capture: Uint8Array): Decoded {
  const { code, stdout, stderr } = cli(['decode', '--json', '--from', 'pcap'], capture);
  const frames = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { flow: string; message?: { cmd?: string }; type: unknown })
    .map(({ flow, message, type }) => `${flow} ${(message?.cmd ?? String(type)).replace('COMMAND_', '')}`);
  const said = stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace('im-protocol: ', ''));
  return { code, frames, said };
}
