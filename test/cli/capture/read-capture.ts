// Reads captures in this process, and records chunks and diagnostics.
import { PcapReader } from '../../../src/cli/capture/pcap.js';
import { PcapngReader } from '../../../src/cli/capture/pcapng.js';
import { fromCapture, fromTcpdump } from '../../../src/cli/input/from-capture.js';

export interface Read {
  /** Of each flow, the bytes up to each end: of a message, of the stream; the last may be empty. */
  readonly flows: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly string[];
}

type Kind = 'pcap' | 'pcapng' | 'tcpdump';

/** @param cuts where the input is cut into chunks. */
export async function readCapture(bytes: Uint8Array, kind: Kind, cuts: readonly number[] = []): Promise<Read> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const ends = [...cuts.filter((cut) => cut <= bytes.length)].sort((a, b) => a - b);
    let at = 0;
    for (const end of [...ends, bytes.length]) {
      yield bytes.subarray(at, end);
      at = end;
    }
  }
  const diagnostics: string[] = [];
  const record = (severity: string) => (text: string) => void diagnostics.push(`${severity}: ${text}`);
  const sink = { warn: record('warn'), invalid: record('invalid'), truncated: record('truncated') };
  const input =
    kind === 'tcpdump'
      ? fromTcpdump(chunks(), sink)
      : fromCapture(chunks(), kind === 'pcap' ? new PcapReader() : new PcapngReader(), sink);
  const flows = new Map<string, string[]>();
  for await (const batch of input) {
    for (const { bytes, flow, end } of batch) {
      if (!flows.has(flow)) flows.set(flow, ['']);
      const parts = flows.get(flow)!;
      parts[parts.length - 1] += Buffer.from(bytes).toString('hex');
      if (end !== undefined) parts.push('');
    }
  }
  return { flows, diagnostics };
}

/** The bytes of all flows, wherever something ended. */
export function wholeFlows({ flows }: Read): Record<string, string> {
  return Object.fromEntries([...flows].map(([flow, parts]) => [flow, parts.join('')]).filter(([, hex]) => hex !== ''));
}
