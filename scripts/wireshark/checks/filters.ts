// Checks display filters, secrets, and the limit of items.
import { encodeFrame } from '../../../src/index.js';
import type { Result } from '../../report.js';
import { Pcap } from '../capture/pcap.js';
import { TcpConnection } from '../capture/tcp-connection.js';
import { withCapture } from '../dissected/dissect.js';
import { rows } from '../dissected/rows.js';
import { tshark } from '../dissected/tshark.js';
import { HEARTBEAT, HEARTBEAT_REPLY, HELLO, hex, LOGIN, PRIVATE_MESSAGE, vector, WELCOME } from '../handmade/frames.js';

/** Filters, and the number of packets below that match. */
const FILTERS: Readonly<Record<string, number>> = {
  im: 11,
  'im.type == 64': 1,
  'im.type == "Hello"': 1,
  'im.version == 0': 2,
  'im.length == 17': 2,
  'im.flags.ignorable == 1': 1,
  'im.command == 4': 1,
  'im.command == "PRIVATE_MESSAGE"': 1,
  'im.send_info.cmd == "HEARTBEAT"': 2,
  'im.sequence == 2': 1,
  'im.reply_to == 2': 1,
  'im.response_in == 9': 1,
  'im.response_to == 7': 1,
  'im.response_time == 0.002': 1,
  'im.user_id == 1': 1,
  'im.user_id == 9223372036854775807': 1,
  'im.user_id == 9223372036854775806': 0,
  'im.user_id == 9007199254740993': 1,
  'im.user_id == 9007199254740992': 0,
  'im.private_message.receiver_id == 2': 1,
  'im.receiver_id == 2': 1,
  'im.content.client_message_id == "c1"': 1,
  'im.text_content.text contains "你"': 1,
  'im.heartbeat_info.sent_at_ms == 1767225600000': 2,
  'im.heartbeat_info.sent_at_ms.time == "2026-01-01 00:00:00"': 2,
  'im.hello.features == "deflate"': 1,
  'im.send_info.private_message': 1,
  'im.login_info.access_token': 1,
  'im.login_info.access_token contains "s3cr3t"': 0,
  'im.user_info.terminal == "APP"': 1,
  'im.unknown_field': 1,
  'im.error': 2,
  'im.error == "MALFORMED_PAYLOAD"': 1,
  'im.error.malformed_payload': 1,
  'im.error.path == "cmd"': 1,
  'im.error.offset == 9': 1,
  'im.error == "INVALID_MESSAGE" && im.error.rule == "min"': 1,
};

/** Must not be in any output: the token and the device id of LOGIN. */
const SECRETS = ['s3cr3t-tk', 'd3v1ce-'];

/** More fields than the limit of items. */
const MANY_FIELDS = 200_000;

export async function checkFilters(): Promise<Result[]> {
  const pcap = new Pcap();
  const tcp = new TcpConnection(pcap, { index: 0, serverPort: 45_678 });
  tcp.send('up', HELLO);
  tcp.send('down', WELCOME);
  for (const frame of [LOGIN, HEARTBEAT, PRIVATE_MESSAGE]) tcp.send('up', frame);
  const messages = [vector('user-info-id-2-pow-53-plus-1'), vector('frame-ignorable'), highestId()];
  // A truncated varint, and a UserInfo of nobody with an unknown field.
  const bad = [hex('00 00 00 06 01 07 00 00 08 80'), hex('00 00 00 0b 01 03 00 00 08 00 10 01 c0 0c 07')];
  for (const frame of [HEARTBEAT_REPLY, ...messages, ...bad]) tcp.send('down', frame);
  return withCapture(pcap.bytes(), async (path) => [await checkCounts(path), await checkSecrets(path), await checkMany()]);
}

function highestId(): Uint8Array {
  return encodeFrame('SessionInfo', { userId: 2n ** 63n - 1n, terminal: 2, sessionId: '' });
}

async function checkCounts(path: string): Promise<Result> {
  const failed: string[] = [];
  for (const [filter, count] of Object.entries(FILTERS)) {
    // Two passes: requests link to their later replies.
    const found = (await rows(path, filter, '-2')).length;
    if (found !== count) failed.push(`${filter}: ${count} packets expected, found ${found}`);
  }
  const passed = Object.keys(FILTERS).length - failed.length;
  return { subject: 'by hand', check: 'display filters', passed, failed };
}

async function checkSecrets(path: string): Promise<Result> {
  const outputs = [
    [],
    ['-V'],
    ['-T', 'json'],
    ['-T', 'ek'],
    ['-T', 'fields', '-e', 'im.login_info.access_token', '-e', 'im.login_info.device_id'],
  ];
  const failed: string[] = [];
  for (const options of outputs) {
    const hidden = await tshark(path, ...options);
    const shown = await tshark(path, ...options, '-o', 'im.secrets:TRUE');
    for (const secret of SECRETS) {
      if (hidden.includes(secret)) failed.push(`${options.join(' ')} shows a secret`);
      // The packet list never shows secrets.
      if (options.length > 0 && !shown.includes(secret))
        failed.push(`${options.join(' ')} does not show a secret with im.secrets`);
      if (options.length === 0 && shown.includes(secret)) failed.push('the list of packets shows a secret');
    }
  }
  return { subject: 'by hand', check: 'secrets', passed: outputs.length - Math.min(failed.length, outputs.length), failed };
}

/** A frame with very many unknown fields gets a note, and the fields after the limit are still checked. */
async function checkMany(): Promise<Result> {
  const pcap = new Pcap();
  const tcp = new TcpConnection(pcap, { index: 0, serverPort: 45_678 });
  const fields = Buffer.alloc(3 * MANY_FIELDS, hex('c0 0c 01'));
  const payload = Buffer.concat([hex('08 02'), fields, hex('08 80')]);
  const header = hex('00 00 00 00 01 07 00 00');
  header.set([0, ...bigEndian(payload.length + 4)], 0);
  tcp.send('up', HELLO);
  tcp.send('down', WELCOME);
  tcp.send('down', Buffer.concat([header, payload]));
  const failed = await withCapture(pcap.bytes(), async (path) => {
    const text = await tshark(path, '-Y', 'im.error', '-T', 'fields', '-e', '_ws.expert.message', '-e', 'im.error.offset');
    const expected = ['too many items', 'truncated varint', `${8 + payload.length - 1}`];
    return expected.filter((part) => !text.includes(part)).map((part) => `${part} is not in ${text.slice(0, 300)}`);
  });
  return { subject: 'by hand', check: 'very many fields', passed: failed.length === 0 ? 1 : 0, failed };
}

/** The lower 24 bits. */
function bigEndian(value: number): number[] {
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}
