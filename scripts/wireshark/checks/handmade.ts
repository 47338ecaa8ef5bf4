// Checks handmade captures: the packet list and the expert infos, word by word, in one pass and in two.
import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../../report.js';
import { Pcap } from '../capture/pcap.js';
import { withCapture } from '../dissected/dissect.js';
import { rows } from '../dissected/rows.js';
import { tshark } from '../dissected/tshark.js';
import { type CaptureCase, writeCase } from '../handmade/capture-case.js';
import { FOREIGN_CASES } from '../handmade/foreign.js';
import { LINE_CASES } from '../handmade/lines.js';
import { STREAM_CASES } from '../handmade/streams.js';

export async function checkHandmade(): Promise<Result[]> {
  const cases = [...STREAM_CASES, ...FOREIGN_CASES, ...LINE_CASES];
  const failed: string[] = [];
  for (const one of cases) {
    const fault = await faultOf(one);
    if (fault !== undefined) failed.push(`${one.name}: ${fault}`);
  }
  return [{ subject: 'by hand', check: 'captures', passed: cases.length - failed.length, failed }];
}

async function faultOf(one: CaptureCase): Promise<string | undefined> {
  const pcap = new Pcap();
  writeCase(one, pcap);
  return withCapture(pcap.bytes(), async (path) => {
    // Wireshark dissects packets repeatedly; `-2` makes a second pass.
    for (const passes of [[], ['-2']]) {
      const options = [...(one.options ?? []), ...passes];
      const list = (await rows(path, one.filter ?? 'im', ...options)).map(({ protocol, info }) => `${protocol}: ${info}`);
      if (!isDeepStrictEqual(list, one.rows))
        return `${passes.join('')} expected ${JSON.stringify(one.rows)}, found ${JSON.stringify(list)}`;
      const experts = await expertsOf(path, options);
      if (!isDeepStrictEqual(experts, one.experts ?? [])) {
        return `${passes.join('')} expected ${JSON.stringify(one.experts ?? [])}, found ${JSON.stringify(experts)}`;
      }
    }
    return undefined;
  });
}

async function expertsOf(path: string, options: readonly string[]): Promise<string[]> {
  const text = await tshark(path, '-Y', 'im', '-T', 'fields', '-E', 'aggregator=\u001f', '-e', '_ws.expert.message', ...options);
  // Without expert infos of TCP: connection start and end, missing segments.
  return text
    .replaceAll('\u001f', '\n')
    .split('\n')
    .filter((line) => line !== '' && !/^(This frame|Connection|Previous segment)/.test(line));
}
