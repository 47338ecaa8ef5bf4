// Segmentation, start and end of streams.

import type { TcpConnection } from '../capture/tcp-connection.js';
import { type CaptureCase, PORT_OPTION } from './capture-case.js';
import {
  HEARTBEAT,
  HEARTBEAT_REPLY,
  HELLO,
  HELLO_ROW,
  hex,
  join,
  LOGIN,
  PRIVATE_MESSAGE,
  PRIVATE_ROW,
  WELCOME,
  WELCOME_ROW,
} from './frames.js';

export const STREAM_CASES: readonly CaptureCase[] = [
  {
    name: 'several frames in one segment',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', join(HELLO, LOGIN, HEARTBEAT, PRIVATE_MESSAGE));
      tcp.send('down', join(WELCOME, HEARTBEAT_REPLY));
    },
    rows: [`${HELLO_ROW}; LOGIN #1; HEARTBEAT #2; PRIVATE_MESSAGE #3 1 -> 2 "你好"`, `${WELCOME_ROW}; HEARTBEAT reply to 2`],
  },
  {
    name: 'a frame that ends in the middle of the next segment',
    write: (connect) => {
      const tcp = connect();
      const bytes = join(HELLO, LOGIN, PRIVATE_MESSAGE, HEARTBEAT);
      tcp.send('up', bytes.subarray(0, 40));
      tcp.send('up', bytes.subarray(40, 90));
      tcp.send('up', bytes.subarray(90));
    },
    rows: [HELLO_ROW, 'IM: LOGIN #1', `${PRIVATE_ROW}; HEARTBEAT #2`],
  },
  {
    name: 'a segment for each byte, on a configured port',
    write: (connect) => {
      const tcp = connect();
      for (const byte of join(HELLO, PRIVATE_MESSAGE)) tcp.send('up', Uint8Array.of(byte));
      for (const byte of WELCOME) tcp.send('down', Uint8Array.of(byte));
    },
    options: PORT_OPTION,
    rows: [HELLO_ROW, PRIVATE_ROW, WELCOME_ROW],
  },
  {
    name: 'Decode As',
    write: (connect) => {
      const tcp = connect(45_679);
      for (const byte of HELLO) tcp.send('up', Uint8Array.of(byte));
    },
    options: ['-d', 'tcp.port==45679,im'],
    rows: [HELLO_ROW],
  },
  {
    name: 'a capture that begins in the middle of a connection',
    write: (connect) => connect().send('down', PRIVATE_MESSAGE),
    rows: [PRIVATE_ROW],
  },
  {
    name: 'a stream that ends inside a frame',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', join(HELLO, PRIVATE_MESSAGE.subarray(0, 12)));
      tcp.end('up');
    },
    rows: [HELLO_ROW, 'TCP: 50000 → 45678 [FIN, ACK] Seq=45 Ack=1 Win=65535 Len=0 [TRUNCATED]'],
    experts: ['[TRUNCATED] the stream ends inside a frame of 38 bytes, which began in packet 4'],
  },
  {
    name: 'a stream that ends inside a header',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.send('up', PRIVATE_MESSAGE.subarray(0, 3));
      tcp.end('up');
    },
    rows: [HELLO_ROW, 'TCP: 50000 → 45678 [FIN, ACK] Seq=36 Ack=1 Win=65535 Len=0 [TRUNCATED]'],
    experts: ['[TRUNCATED] the stream ends inside the header of a frame, which began in packet 5'],
  },
  ...['', 'tcp.reassemble_out_of_order:TRUE'].flatMap((option): CaptureCase[] => {
    const options = option === '' ? [] : ['-o', option];
    const order = option === '' ? 'as they come' : 'put in order';
    const message = PRIVATE_MESSAGE;
    const size = message.length;
    const begin = (connect: () => TcpConnection, bytes: Uint8Array): TcpConnection => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.sendAt('up', HELLO.length, bytes);
      return tcp;
    };
    const at = (place: number): number => HELLO.length + place;
    // Without this preference, Wireshark does not reassemble out-of-order segments.
    const whole = [HELLO_ROW, ...(option === '' ? [] : [PRIVATE_ROW.replace('IM: ', 'IM: [TCP Out-Of-Order] ')])];
    return [
      {
        name: `a FIN that comes before the end of the last frame, segments ${order}`,
        write: (connect) => {
          const tcp = begin(connect, message.subarray(0, 12));
          tcp.sendAt('up', at(size), new Uint8Array(), 'FIN');
          tcp.sendAt('up', at(12), message.subarray(12));
        },
        options,
        rows: whole,
      },
      {
        name: `a FIN that ends the last frame, before what lies in the middle, segments ${order}`,
        write: (connect) => {
          const tcp = begin(connect, message.subarray(0, 12));
          tcp.sendAt('up', at(20), message.subarray(20), 'FIN');
          tcp.sendAt('up', at(12), message.subarray(12, 20));
        },
        options,
        rows: whole,
      },
      {
        name: `a RST of another number does not end the stream, one of the exact number does, segments ${order}`,
        write: (connect) => {
          const tcp = begin(connect, message.subarray(0, 12));
          for (const place of [5, 11, 13, size - 1, size, 1_000_000]) tcp.sendAt('up', at(place), new Uint8Array(), 'RST');
        },
        options,
        rows: [HELLO_ROW],
      },
      {
        name: `a FIN inside a frame of which bytes come later, segments ${order}`,
        write: (connect) => {
          const tcp = begin(connect, message.subarray(0, 12));
          tcp.sendAt('up', at(size - 1), new Uint8Array(), 'FIN');
          tcp.sendAt('up', at(12), message.subarray(12, size - 1));
        },
        options,
        rows: [
          HELLO_ROW,
          `TCP: [TCP Previous segment not captured] 50000 → 45678 [FIN, ACK] Seq=${1 + at(size - 1)} Ack=1 Win=65535 Len=0 [TRUNCATED]`,
        ],
        experts: ['[TRUNCATED] the stream ends inside a frame of 38 bytes, which began in packet 5'],
      },
    ];
  }),
  {
    name: 'a RST of the exact number inside a frame',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', join(HELLO, PRIVATE_MESSAGE.subarray(0, 12)));
      tcp.sendAt('up', HELLO.length + 12, new Uint8Array(), 'RST');
    },
    rows: [HELLO_ROW, 'TCP: 50000 → 45678 [RST, ACK] Seq=45 Ack=1 Win=65535 Len=0 [TRUNCATED]'],
    experts: ['[TRUNCATED] the stream ends inside a frame of 38 bytes, which began in packet 4'],
  },
  {
    name: 'a FIN inside the frame that begins in what comes after it',
    write: (connect) => {
      const tcp = connect();
      const bytes = join(PRIVATE_MESSAGE, PRIVATE_MESSAGE.subarray(0, 12));
      tcp.send('up', join(HELLO, bytes.subarray(0, 12)));
      tcp.sendAt('up', HELLO.length + bytes.length, new Uint8Array(), 'FIN');
      tcp.sendAt('up', HELLO.length + 12, bytes.subarray(12));
    },
    options: ['-o', 'tcp.reassemble_out_of_order:TRUE'],
    rows: [HELLO_ROW, `${PRIVATE_ROW.replace('IM: ', 'IM: [TCP Out-Of-Order] ')} [TRUNCATED]`],
    experts: ['[TRUNCATED] the stream ends inside a frame of 38 bytes, which began in packet 6'],
  },
  {
    name: 'a partly captured frame',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.sendCut('up', PRIVATE_MESSAGE, 20);
    },
    rows: [HELLO_ROW, 'IM: PRIVATE_MESSAGE #3'],
    experts: ['20 of 38 bytes captured'],
  },
  {
    name: 'missing segments, and what follows them up to a segment that begins with a frame',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', join(HELLO, PRIVATE_MESSAGE.subarray(0, 12)));
      // The rest of the frame, and the beginning of the next one.
      tcp.lose('up', PRIVATE_MESSAGE.length - 12 + 32);
      tcp.send('up', PRIVATE_MESSAGE.subarray(32));
      tcp.send('up', PRIVATE_MESSAGE);
      tcp.lose('up', HEARTBEAT.length);
      tcp.send('up', PRIVATE_MESSAGE);
    },
    rows: [
      HELLO_ROW,
      'IM: [TCP Previous segment not captured] 6 bytes after bytes missing in the capture',
      PRIVATE_ROW,
      PRIVATE_ROW.replace('IM: ', 'IM: [TCP Previous segment not captured] '),
    ],
  },
  {
    name: 'other protocols on other ports are not recognized as ours',
    write: (connect) => {
      connect().send('up', hex('00 00 00 08 00 04 d2 16 2f 00 00 00'));
      connect().send('up', hex('00 00 00 05 01 01 00 00 f8'));
      connect().send('up', Buffer.from('220 smtp ready\r\n'));
    },
    rows: [],
  },
];
