import { beforeAll, describe, expect, it } from 'vitest';
import { type Run, runScript } from './run-script.js';

/** Lines of the demo, without their indent and with single spaces. */
function linesOf({ stdout }: Run): string[] {
  return stdout.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
}

describe('the demo', () => {
  let run: Run;
  let lines: string[];

  beforeAll(async () => {
    run = await runScript('examples/chat/main.ts');
    lines = linesOf(run);
  });

  it('ends by itself, with exit code 0 and nothing to complain about', () => {
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(lines.at(-2)).toBe('All is well: 89 deliveries, each exactly once where it should be, and nothing else.');
  });

  it('prints the figures of the ledger, which balance', () => {
    expect(lines).toContain('what expected seen');
    expect(lines).toContain('delivery 89 89');
    expect(lines).toContain('result 52 52');
    expect(lines).toContain('change 19 19');
    expect(lines).toContain('stream 10 10');
    expect(lines).toContain('visitor 5 5');
  });

  it('numbers its steps from the first to the last', () => {
    const numbers = lines.flatMap((line) => /^\[ ?(\d+)\/64\] /.exec(line)?.[1] ?? []);
    expect(numbers).toEqual(Array.from({ length: 64 }, (_, i) => String(i + 1)));
  });

  it('shows a private message at each hop: client, server, platform, queue, server, receiver, the copy for the other terminal, and the answer', () => {
    const step = lines.slice(
      lines.indexOf('[ 6/64] alice-pc writes alice-1 to bob'),
      lines.indexOf('[ 7/64] bob-web writes bob-1 to alice'),
    );
    const hops = [
      /^alice-pc → im-1 SendInfo PRIVATE_MESSAGE #4 \d+ B (compressed, )?周末去爬山吗？⛰️$/,
      /^im-1 → platform UplinkInfo PRIVATE_MESSAGE #4 \d+ B im_uplink, of alice@PC$/,
      /^platform → im-2 ReceiveInfo PRIVATE_MESSAGE id 9100000000000000001 \d+ B im_message_private_2, for bob@WEB$/,
      /^platform → im-2 ReceiveInfo PRIVATE_MESSAGE id 9100000000000000001 \d+ B im_message_private_2, for alice@APP$/,
      /^im-2 → platform SendResult PRIVATE_MESSAGE id 9100000000000000001 \d+ B im_result_private, SUCCESS bob@WEB$/,
      /^im-2 → bob-web SendInfo PRIVATE_MESSAGE id 9100000000000000001 \d+ B 周末去爬山吗？⛰️$/,
      /^im-2 → alice-app SendInfo PRIVATE_MESSAGE id 9100000000000000001 \d+ B 周末去爬山吗？⛰️$/,
      /^platform → im-1 ReceiveInfo SEND_RESULT re #4 id 9100000000000000001 \d+ B im_message_system_1, for alice@PC$/,
      /^im-1 → alice-pc SendInfo SEND_RESULT re #4 id 9100000000000000001 \d+ B (compressed, )?SUCCESS$/,
    ];
    for (const hop of hops) expect(step).toContainEqual(expect.stringMatching(hop));
  });

  it.each([
    ['an image', /^im-2 → bob-web SendInfo GROUP_MESSAGE .* \[image\] 路线\.png, 1280 x 720, 482133 bytes$/],
    ['a recall', /^im-2 → bob-web SendInfo PRIVATE_MESSAGE .* \[recall\] of 9100000000000000011$/],
    ['emoji', /^im-2 → alice-app SendInfo PRIVATE_MESSAGE .* 好呀！👨‍👩‍👧‍👦 全家一起去$/],
    ['a heartbeat', /^im-1 → alice-pc SendInfo HEARTBEAT re #\d+ \d+ B/],
    [
      'NOT_ONLINE for a user who is offline',
      /^platform → platform SendResult PRIVATE_MESSAGE .* NOT_ONLINE dora@WEB dora@APP dora@PC$/,
    ],
    ['CHANNEL_NOT_FOUND for who was said to be there', /^im-2 → platform SendResult GROUP_MESSAGE .* CHANNEL_NOT_FOUND dora@PC$/],
    ['FORCE_LOGOUT by the system topic', /^platform → im-2 ReceiveInfo FORCE_LOGOUT .* im_message_system_2, for bob@WEB$/],
    ['FORCE_LOGOUT at the client', /^im-2 → bob-web SendInfo FORCE_LOGOUT .* a second login on the same kind of terminal$/],
    ['the end after it', /^im-2 → bob-web closed \[FORCED_LOGOUT\] error from the peer: "a second login/],
    ['a device that connects anew', /^im-1 → chen-app SendInfo ERROR .* REPLACED: the device has reconnected$/],
    [
      'a forged sender',
      /^im-1 → chen-app-2 SendInfo ERROR re #\d+ .* PERMISSION_DENIED: sender does not match the authenticated user$/,
    ],
    ['a version that nobody knows', /^im-1 → newcomer Reject \d+ B NO_COMMON_VERSION: this server takes 1, 2$/],
    ['TLS', /^im-1 → its log a stranger \[FOREIGN_PROTOCOL\] a frame begins with 0x00, got 0x16 at byte 0/],
    ['16 MiB announced', /^im-1 → glutton SendInfo ERROR .* FRAME_TOO_LARGE: frame of 16777219 bytes, limit 16384/],
    ['a message before LOGIN', /^im-1 → hasty SendInfo ERROR re #1 .* LOGIN_REQUIRED: PRIVATE_MESSAGE before LOGIN$/],
    ['a server that dies', /^im-1 → bob-web-2 lost retry in \d+ ms: \[CLOSED\] /],
    ['what was missed, in a page of SYNC', /^im-2 → alice-app SendInfo SYNC re #\d+ \d+ B (compressed, )?\d+ pushes$/],
    ['a push that is lost', /^platform → im-2 ReceiveInfo PRIVATE_MESSAGE .* lost, im_message_private_2, for bob@WEB$/],
    ['a gap that is filled', /^im-2 → bob-web SendInfo HISTORY re #\d+ \d+ B (compressed, )?1 pushes$/],
    ['an edit', /^im-2 → dora-old SendInfo GROUP_MESSAGE .* \* Welcome, dora! We start at 7:30\.$/],
    ['a reaction', /^im-1 → alice-pc SendInfo PRIVATE_MESSAGE .* \[reaction\] of 9100000000000000001$/],
    ['a read position', /^im-2 → bob-web SendInfo READ \d+ B (compressed, )?alice@APP up to \d+$/],
    ['typing', /^im-1 → alice-pc SendInfo TYPING \d+ B (compressed, )?bob@WEB TEXT$/],
    ['a piece of a text', /^im-1 → alice-pc SendInfo CHUNK id \d+ \d+ B (compressed, )?1: You/],
    ['a stream that is stopped', /^alice-pc → im-1 SendInfo STREAM_CONTROL #\d+ \d+ B (compressed, )?stop$/],
    ['the finished text for version 1', /^im-2 → dora-old SendInfo GROUP_MESSAGE .* You asked: /],
    ['a call that rings', /^im-2 → bob-app SendInfo CALL \d+ B (compressed, )?invite of alice@PC$/],
    ['an accept that is too late', /^im-1 → bob-web-2 SendInfo ERROR re #\d+ .* TOO_LATE: another terminal/],
    ['presence', /^im-1 → bob-web-2 SendInfo PRESENCE \d+ B (compressed, )?ONLINE$/],
    ['a message to a room', /^im-2 → alice-app SendInfo ROOM_MESSAGE id \d+ \d+ B (compressed, )?登顶了！⛰️$/],
    ['a bad token', /^im-1 → forger SendInfo ERROR re #1 .* UNAUTHENTICATED: the token is not valid$/],
  ])('shows %s', (_what, line) => {
    expect(lines).toContainEqual(expect.stringMatching(line));
  });

  it('prints no token, no device id, and no escape sequence where the output is no terminal', () => {
    expect(lines).toContainEqual(
      expect.stringMatching(/^alice-pc → im-1 SendInfo LOGIN #1 \d+ B token \[redacted\], device \[redacted\]$/),
    );
    // Each JWT begins so: base64 of `{"`.
    expect(run.stdout).not.toContain('eyJ');
    expect(run.stdout).not.toContain('a-desk');
    expect(run.stdout).not.toContain('\x1b');
  });
});

const ALICE_1 = 'from alice@PC to bob {"clientMessageId":"alice-1","text":{"text":"周末去爬山吗？⛰️"}}';

describe.concurrent('the demo over a faulty broker', () => {
  it('fails and says what is missing when a message is lost', async () => {
    const run = await runScript('test/examples/faulty-demo.ts', 'lose');
    const lines = linesOf(run);
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(
      lines.slice(
        lines.findIndex((line) => line.startsWith('missing')),
        -1,
      ),
    ).toEqual([
      `missing (expected 1, seen 0): delivery: bob-web gets ${ALICE_1}`,
      'missing (expected 1, seen 0): result: the platform gets SUCCESS of alice-1 for bob@WEB',
      'Not well: 2 facts did not happen as often as they should.',
    ]);
  });

  it('goes well when one comes twice: each is handled once', async () => {
    const run = await runScript('test/examples/faulty-demo.ts', 'double');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(linesOf(run).at(-2)).toMatch(/^All is well: 89 deliveries, each exactly once/);
  });
});
