// Clients that a server must refuse, and what each of them must see.
import { Command, createHello, type ErrorName, encodeFrame, type Hello, Terminal, type UserInfo } from '@im/protocol';
import type { Tokens } from '../platform/tokens.js';

export interface Visitor {
  readonly name: string;
  /** A short description. */
  readonly title: string;
  readonly transport: 'tcp' | 'ws';
  /** On WebSocket its versions are offered as subprotocols. */
  readonly hello: Hello;
  /** The bytes that it writes: frames, or something else. */
  readonly writes: readonly Uint8Array[];
  /** The expected answer of the server. */
  readonly sees: string;
  /** The expected line in the log of the server. */
  readonly logged: ErrorName;
}

const MALLORY: UserInfo = { userId: 666n, terminal: Terminal.WEB };

/** @param forgery signs with a key that is not the platform's. */
export async function createVisitors(forgery: Tokens): Promise<Visitor[]> {
  const hello = createHello({ versions: [1], agent: 'a stranger' });
  const greeting = encodeFrame('Hello', hello);
  const content = { body: { $case: 'text', value: { text: 'spam' } } } as const;
  const spam = encodeFrame('SendInfo', {
    cmd: Command.PRIVATE_MESSAGE,
    sequence: 1,
    data: { $case: 'privateMessage', value: { sender: MALLORY, receiverId: 1n, content } },
  });
  const fromTheFuture = createHello({ versions: [9] });
  return [
    {
      name: 'newcomer',
      title: 'A client that speaks only version 9',
      transport: 'ws',
      hello: fromTheFuture,
      writes: [encodeFrame('Hello', fromTheFuture)],
      sees: 'Reject NO_COMMON_VERSION, close 4001',
      logged: 'NO_COMMON_VERSION',
    },
    {
      name: 'tls',
      title: 'TLS on a port without it',
      transport: 'tcp',
      hello,
      // The beginning of a ClientHello: HTTP is taken on this port, since WebSocket begins with it.
      writes: [Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc)],
      // The error is local: a peer with another protocol would not understand a frame.
      sees: 'close',
      logged: 'FOREIGN_PROTOCOL',
    },
    {
      name: 'glutton',
      title: 'A client that announces a frame of 16 MiB',
      transport: 'tcp',
      hello,
      // The largest length, without any of the announced bytes.
      writes: [greeting, Uint8Array.of(0x00, 0xff, 0xff, 0xff, 0x01, 0x07, 0x00, 0x00)],
      sees: 'Welcome, ERROR FRAME_TOO_LARGE, close',
      logged: 'FRAME_TOO_LARGE',
    },
    {
      name: 'hasty',
      title: 'A message before LOGIN',
      transport: 'ws',
      hello,
      // The second one is not even read.
      writes: [greeting, spam, spam],
      sees: 'Welcome, ERROR LOGIN_REQUIRED, close 4033',
      logged: 'LOGIN_REQUIRED',
    },
    {
      name: 'forger',
      title: 'A token signed with another key',
      transport: 'tcp',
      hello,
      writes: [
        greeting,
        encodeFrame('SendInfo', {
          cmd: Command.LOGIN,
          sequence: 1,
          data: { $case: 'login', value: { accessToken: await forgery.issue(MALLORY), terminal: MALLORY.terminal } },
        }),
      ],
      sees: 'Welcome, ERROR UNAUTHENTICATED, close',
      logged: 'UNAUTHENTICATED',
    },
  ];
}
