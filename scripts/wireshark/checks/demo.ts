// Records the demo on the loopback interface and checks that its messages are in the packet list and in the trees, over TCP and WebSocket.
import { isDeepStrictEqual } from 'node:util';
import type { Conversation, Send } from '../../../examples/chat/story/conversation.js';
import { ROOT } from '../../breaking/baseline.js';
import type { Result } from '../../report.js';
import { runCommand } from '../../run-command.js';
import { dissected } from '../dissected/frames.js';
import { parsePdml } from '../dissected/pdml.js';
import { type Row, rows } from '../dissected/rows.js';
import { tshark } from '../dissected/tshark.js';
import { conversationOfThisRun } from '../live/conversation.js';
import { type ExpectedMessage, expectedMessage } from '../live/expected-message.js';
import { record } from '../live/record.js';

/** Ports are chosen by the system: one may be registered for another protocol. */
const OPTIONS = ['-o', 'tcp.try_heuristic_first:TRUE', '-o', 'im.secrets:TRUE'];

/** The checked parts of a SendInfo as ProtoJSON, and its packet. */
interface Found {
  readonly packet: Row;
  readonly message: {
    readonly cmd?: string;
    readonly sequence?: number;
    readonly replyTo?: number;
    readonly privateMessage?: Data;
    readonly groupMessage?: Data;
    readonly sendResult?: { readonly messageId?: string };
  };
}

interface Data {
  readonly sender?: { readonly userId?: string };
  readonly content?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export async function checkDemo(): Promise<Result[]> {
  const conversation = conversationOfThisRun();
  const play = async (): Promise<void> => {
    const script = ['--import', 'tsx', 'scripts/wireshark/live/play-demo.ts'];
    await runCommand(process.execPath, script, { cwd: ROOT, input: JSON.stringify(conversation) });
  };
  const found = await record(play, messagesIn);
  return (['tcp', 'ws'] as const).map((transport) => checkTransport(transport, conversation, found));
}

async function messagesIn(capture: string): Promise<Found[]> {
  const pdml = parsePdml(await tshark(capture, '-T', 'pdml', '-J', 'im', '-Y', 'im', ...OPTIONS));
  return (await rows(capture, 'im', ...OPTIONS)).flatMap((packet) =>
    (pdml.get(packet.number) ?? []).map((root) => ({ packet, message: dissected(root).frame?.message ?? {} })),
  );
}

function checkTransport(transport: 'tcp' | 'ws', conversation: Conversation, all: readonly Found[]): Result {
  const found = all.filter(({ packet }) => packet.isWebSocket === (transport === 'ws'));
  const sent = conversation.timeline.filter(
    (step): step is Send => step.do === 'send' && conversation.devices[step.from].transport === transport,
  );
  const failed = sent.flatMap((send) => {
    const expected = expectedMessage(send, conversation);
    const fault = faultOf(expected, found, all);
    return fault === undefined ? [] : [`${expected.clientMessageId}: ${fault}`];
  });
  if (sent.length === 0) failed.push('no messages use this transport');
  const subject = transport === 'tcp' ? 'TCP' : 'WebSocket';
  return { subject, check: 'messages of the demo, live', passed: sent.length - failed.length, failed };
}

/** The first error of a message; undefined = none. */
function faultOf(expected: ExpectedMessage, found: readonly Found[], all: readonly Found[]): string | undefined {
  const request = found.find(
    ({ message }) =>
      message.sequence !== undefined &&
      message[expected.member]?.sender?.userId === expected.sender &&
      message[expected.member]?.content?.clientMessageId === expected.clientMessageId,
  );
  if (request === undefined) return `no ${expected.cmd} of ${expected.sender}`;
  return requestFault(expected, request) ?? replyFault(expected, request, found, all);
}

/** Checks the fields and the line of the request. */
function requestFault(expected: ExpectedMessage, { packet, message }: Found): string | undefined {
  const data = message[expected.member] ?? {};
  const [name, id] = expected.receiver;
  const fields = { cmd: message.cmd, [name]: data[name], content: pick(data.content ?? {}, Object.keys(expected.content)) };
  const wanted = { cmd: expected.cmd, [name]: id, content: expected.content };
  if (!isDeepStrictEqual(fields, wanted)) return `expected ${JSON.stringify(wanted)}, found ${JSON.stringify(fields)}`;
  const line = [expected.line(message.sequence ?? 0), expected.text ?? ''];
  return line.every((part) => packet.info.includes(part)) ? undefined : `the list has ${packet.info}, expected ${line.join(' ')}`;
}

/** Checks the SEND_RESULT on the same connection, and the delivery to others on any transport. */
function replyFault(
  { isDelivered }: ExpectedMessage,
  { packet, message }: Found,
  found: readonly Found[],
  all: readonly Found[],
): string | undefined {
  const reply = found.find((one) => one.packet.stream === packet.stream && one.message.replyTo === message.sequence);
  const messageId = reply?.message.sendResult?.messageId;
  if (reply === undefined || messageId === undefined) return 'no SEND_RESULT with the id of the message';
  const line = `SEND_RESULT reply to ${message.sequence} SUCCESS id ${messageId}`;
  if (!reply.packet.info.includes(line)) return `the list has ${reply.packet.info}, expected ${line}`;
  const isThere = all.some((one) => (one.message.privateMessage ?? one.message.groupMessage)?.content?.messageId === messageId);
  // A message to a user who is offline may still come to another terminal of its sender: queues deliver at least once.
  return isThere || !isDelivered ? undefined : `no delivery of ${messageId}`;
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
