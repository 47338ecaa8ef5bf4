// Checks that the work of the dissector is linear in the capture, by counting Lua instructions, independent of the load of the machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../report.js';
import { Pcap } from '../capture/pcap.js';
import { TcpConnection } from '../capture/tcp-connection.js';
import { withCapture } from '../dissected/dissect.js';
import { letOthersRead } from '../dissected/let-others-read.js';
import { tshark } from '../dissected/tshark.js';
import { HEARTBEAT, HELLO } from '../handmade/frames.js';

/** Prints the number of executed instructions, in thousands. */
const COUNTER = `
local count = 0
debug.sethook(function() count = count + 1 end, '', 1000)
local tap = Listener.new('frame')
function tap.draw() print('thousands of instructions: ' .. count) end
`;
const FEW = 500;
/** Twice the packets take about twice the work; quadratic work would be four times. */
const MAX_FACTOR = 2.5;

/** Packets that are repeated on a connection. */
const CAPTURES: Readonly<Record<string, (tcp: TcpConnection) => void>> = {
  'a gap, then a frame': (tcp) => {
    tcp.lose('up', 100);
    tcp.send('up', HEARTBEAT);
  },
  'a gap, then no frame': (tcp) => {
    tcp.lose('up', 100);
    tcp.send('up', HEARTBEAT.subarray(1));
  },
  'broken framing, then a frame': (tcp) => {
    tcp.send('up', Buffer.from('xyz'));
    tcp.send('up', HEARTBEAT);
  },
  'a FIN': (tcp) => tcp.end('up'),
};

export async function checkWork(): Promise<Result[]> {
  const failed: string[] = [];
  for (const [name, packets] of Object.entries(CAPTURES)) {
    const [few, many] = [await workOf(packets, FEW), await workOf(packets, 2 * FEW)];
    if (!(few > 0 && many / few < MAX_FACTOR)) {
      failed.push(`${name}: ${few} thousand instructions for ${FEW}, ${many} thousand for ${2 * FEW}`);
    }
  }
  const passed = Object.keys(CAPTURES).length - failed.length;
  return [{ subject: 'work', check: 'grows with the capture, in two passes', passed, failed }];
}

async function workOf(packets: (tcp: TcpConnection) => void, times: number): Promise<number> {
  const pcap = new Pcap();
  const tcp = new TcpConnection(pcap, { index: 0, serverPort: 45_678 });
  tcp.send('up', HELLO);
  for (let i = 0; i < times; i++) packets(tcp);
  const folder = mkdtempSync(join(tmpdir(), 'im-counter-'));
  try {
    const counter = join(folder, 'counter.lua');
    writeFileSync(counter, COUNTER);
    letOthersRead(counter);
    // With details to show: without, a second pass dissects nothing.
    const printed = await withCapture(pcap.bytes(), (path) =>
      tshark(path, '-2', '-V', '-Y', 'im', '-X', `lua_script:${counter}`),
    );
    return Number(/thousands of instructions: (\d+)/.exec(printed)?.[1] ?? 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
