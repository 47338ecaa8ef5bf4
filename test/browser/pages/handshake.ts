// The handshake over the browser's own WebSocket, by the functions of the package alone.
import {
  type Agreement,
  Command,
  checkReject,
  checkWelcome,
  createHello,
  encodeFrame,
  FrameDecoder,
  subprotocolsFor,
  Terminal,
} from '@im/protocol';
import { createDeflate } from '@im/protocol/pako';
import { told } from '../../runtimes/program/told.js';
import type { HandshakeApi } from '../realm-apis.js';
import { expose } from './realm/expose.js';

type Answer = ReturnType<FrameDecoder['push']>[number];

const deflate = createDeflate();

expose<HandshakeApi>({
  async shakeHands(url) {
    const { socket, greeting } = await open(url);
    try {
      return { subprotocol: socket.protocol, agreement: await greeting };
    } catch (error) {
      return { subprotocol: socket.protocol, error: told(error) };
    } finally {
      socket.close();
    }
  },
  async echo(url, text) {
    const { socket, decoder, greeting } = await open(url);
    await greeting;
    const content = { clientMessageId: 'c1', body: { $case: 'text', value: { text } } } as const;
    const value = { sender: { userId: 1n, terminal: Terminal.WEB }, receiverId: 2n, content };
    const data = { $case: 'privateMessage', value } as const;
    send(socket, encodeFrame('SendInfo', { cmd: Command.PRIVATE_MESSAGE, sequence: 1, data }, { compress: deflate }));
    const answer = await next(socket, decoder);
    socket.close();
    if (answer.type !== 'SendInfo' || answer.message.data?.$case !== 'privateMessage') throw new Error(`got ${answer.type}`);
    const body = answer.message.data.value.content?.body;
    return body?.$case === 'text' ? body.value.text : '';
  },
});

/** An open WebSocket on which Hello was said, and what is agreed on. */
async function open(url: string): Promise<{ socket: WebSocket; decoder: FrameDecoder; greeting: Promise<Agreement> }> {
  const hello = createHello({ agent: 'browser-test/1.0', features: ['deflate'] });
  const socket = new WebSocket(url, subprotocolsFor(hello.versions));
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('no connection'));
  });
  const decoder = new FrameDecoder({ deflate });
  const greeting = next(socket, decoder).then((answer) => {
    if (answer.type === 'Reject') throw checkReject(hello, answer.message);
    if (answer.type !== 'Welcome') throw new Error(`got ${answer.type}`);
    return checkWelcome(hello, answer.message, { subprotocol: socket.protocol });
  });
  send(socket, encodeFrame('Hello', hello));
  return { socket, decoder, greeting };
}

/** The frame in the message that comes next. */
function next(socket: WebSocket, decoder: FrameDecoder): Promise<Answer> {
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => resolve(decoder.push(new Uint8Array(data))[0]);
    socket.onclose = ({ code }) => reject(new Error(`closed: ${code}`));
  });
}

// The types of the DOM want to be told that the memory is not shared.
const send = (socket: WebSocket, bytes: Uint8Array): void => socket.send(bytes as Uint8Array<ArrayBuffer>);
