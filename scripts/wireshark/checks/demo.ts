// The demo, recorded on the loopback interface: what its people write is in the list of packets and in the trees, over TCP and over WebSocket.
import type { Conversation, Send } from '../../../examples/chat/story/conversation.js';
import { ROOT } from '../../breaking/baseline.js';
import type { Result } from '../../interop/report.js';
import { runCommand } from '../../interop/run-command.js';
import { type Dissected, dissected } from '../dissected/frames.js';
import { parsePdml } from '../dissected/pdml.js';
import { type Row, rows } from '../dissected/rows.js';
import { tshark } from '../dissected/tshark.js';
import { conversationOfThisRun } from '../live/conversation.js';
import { record } from '../live/record.js';

/** Ports are the system's choice: one of them may be another protocol's. */
const OPTIONS = ['-o', 'tcp.try_heuristic_first:TRUE', '-o', 'im.secrets:TRUE'];

/** A packet, and its frames. */
interface Packet extends Row {
  readonly frames: readonly Dissected[];
}

export async function checkDemo(): Promise<Result[]> {
  const conversation = conversationOfThisRun();
  const play = async (): Promise<void> => {
    const script = ['--import', 'tsx', 'scripts/wireshark/live/play-demo.ts'];
    await runCommand(process.execPath, script, { cwd: ROOT, input: JSON.stringify(conversation) });
  };
  const packets = await record(play, packetsOf);
  return (['tcp', 'ws'] as const).map((transport) => checkTransport(transport, conversation, packets));
}

async function packetsOf(capture: string): Promise<Packet[]> {
  const pdml = parsePdml(await tshark(capture, '-T', 'pdml', '-J', 'im', '-Y', 'im', ...OPTIONS));
  return (await rows(capture, 'im', ...OPTIONS)).map((row) => ({ ...row, frames: (pdml.get(row.number) ?? []).map(dissected) }));
}

function checkTransport(transport: 'tcp' | 'ws', conversation: Conversation, packets: readonly Packet[]): Result {
  const ours = packets.filter(({ isWebSocket }) => isWebSocket === (transport === 'ws'));
  const sends = conversation.timeline.filter(
    (step): step is Send => step.do === 'send' && conversation.devices[step.from].transport === transport,
  );
  const failed = sends.flatMap((send) => {
    const fault = faultOf(send, conversation, ours, packets);
    return fault === undefined ? [] : [`${send.content.clientMessageId}: ${fault}`];
  });
  const language = transport === 'tcp' ? 'TCP' : 'WebSocket';
  if (sends.length === 0) failed.push('nobody writes over it');
  return { language, check: 'messages of the demo, live', passed: sends.length - failed.length, failed };
}

/** What is missing of a message: its frame, its line, the reply, and a delivery. */
function faultOf(
  send: Send,
  { users, groups, devices }: Conversation,
  ours: readonly Packet[],
  all: readonly Packet[],
): string | undefined {
  const sender = users[devices[send.from].user];
  const group = groups[send.to]?.groupId;
  const cmd = group === undefined ? 'COMMAND_PRIVATE_MESSAGE' : 'COMMAND_GROUP_MESSAGE';
  const receiver = group === undefined ? { receiverId: users[send.to] } : { groupId: group };
  const { clientMessageId } = send.content;
  const written = ours.flatMap((packet) => packet.frames.map((frame) => ({ packet, message: messageOf(frame) })));
  const isIt = ({ message }: (typeof written)[number]): boolean => {
    const data = message.privateMessage ?? message.groupMessage;
    return message.cmd === cmd && data?.sender?.userId === sender && data.content?.clientMessageId === clientMessageId;
  };
  const request = written.find((one) => isIt(one) && one.message.sequence !== undefined);
  if (request === undefined) return `no ${cmd} of ${sender}`;
  const data = request.message.privateMessage ?? request.message.groupMessage;
  const [name, id] = Object.entries(receiver)[0];
  if (data?.[name] !== id) return `${name} is ${String(data?.[name])}, expected ${id}`;
  const body = textOf(send.content);
  if (body !== undefined && data.content?.text?.text !== body) return `the text is ${JSON.stringify(data.content?.text)}`;

  const line = `${cmd.slice('COMMAND_'.length)} #${request.message.sequence} ${sender} -> ${group === undefined ? '' : 'group '}${id}`;
  if (!request.packet.info.includes(line) || (body !== undefined && !request.packet.info.includes(`"${shortened(body)}`))) {
    return `the list has ${request.packet.info}, expected ${line}`;
  }
  const reply = written.find(
    ({ packet, message }) =>
      packet.stream === request.packet.stream && message.replyTo === request.message.sequence && message.sendResult,
  );
  const messageId = reply?.message.sendResult?.messageId;
  if (messageId === undefined) return 'no SEND_RESULT with the id of the message';
  if (!reply?.packet.info.includes(`SEND_RESULT reply to ${request.message.sequence} SUCCESS id ${messageId}`)) {
    return `the list has ${reply?.packet.info} for the reply`;
  }
  const delivered = all.some(({ frames }) => frames.some((frame) => contentOf(messageOf(frame))?.messageId === messageId));
  // Nobody is there to whom this one could go.
  return delivered || send.to === 'dora' ? undefined : `no delivery of ${messageId}`;
}

interface Content {
  readonly messageId?: string;
  readonly clientMessageId?: string;
  readonly text?: { readonly text?: string };
}

interface Data {
  readonly sender?: { readonly userId?: string };
  readonly content?: Content;
  readonly [field: string]: unknown;
}

/** What is looked at of a SendInfo. */
interface Message {
  readonly cmd?: string;
  readonly sequence?: number;
  readonly replyTo?: number;
  readonly privateMessage?: Data;
  readonly groupMessage?: Data;
  readonly sendResult?: { readonly messageId?: string };
}

const messageOf = ({ frame }: Dissected): Message => (frame?.message ?? {}) as Message;
const contentOf = ({ privateMessage, groupMessage }: Message): Content | undefined => (privateMessage ?? groupMessage)?.content;
const textOf = (content: Send['content']): string | undefined => (content.text as { text: string } | undefined)?.text;

/** The list shows the beginning of a long text. */
function shortened(text: string): string {
  return [...text].slice(0, 60).join('');
}
