// Other protocols and invalid frames.
import { openWebSocket, sendMessage } from '../capture/websocket.js';
import { type CaptureCase, PORT_OPTION } from './capture-case.js';
import { HELLO, HELLO_ROW, hex, join, PRIVATE_MESSAGE, PRIVATE_ROW, vector, WELCOME, WELCOME_ROW } from './frames.js';

const text = (line: string): Uint8Array => Buffer.from(line);

export const FOREIGN_CASES: readonly CaptureCase[] = [
  {
    name: 'another protocol on the port from the start',
    write: (connect) => {
      connect().send('up', text('{"cmd":0}'));
      connect().send('up', hex('0a 04 08 01'));
      connect().send('up', vector('legacy-4-byte-length-and-json'));
      connect().send('up', vector('legacy-8-byte-length-and-json'));
    },
    options: PORT_OPTION,
    rows: ['IM: [FOREIGN_PROTOCOL]', 'IM: [FOREIGN_PROTOCOL]', 'IM: [FOREIGN_PROTOCOL]', 'IM: [FRAME_TOO_SHORT]'],
    experts: [
      "[FOREIGN_PROTOCOL] a frame begins with 0x00, got 0x7b '{': this looks like JSON text",
      '[FOREIGN_PROTOCOL] a frame begins with 0x00, got 0x0a: this looks like a protobuf message without a frame header',
      "[FOREIGN_PROTOCOL] version of a frame: got 0x7b '{': this looks like the legacy form of a 4-byte length and JSON text",
      '[FRAME_TOO_SHORT] length field of a frame: got 0, at least 4: this looks like the legacy form of an 8-byte length and JSON text',
    ],
  },
  {
    name: 'another protocol after valid frames, and what follows it',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', join(HELLO, text('GET / HTTP/1.1\r\n')));
      tcp.send('up', text('Host: im.test\r\n\r\n'));
      tcp.send('up', PRIVATE_MESSAGE);
    },
    rows: [`${HELLO_ROW}; [FOREIGN_PROTOCOL]`, 'IM: 17 bytes after broken framing', PRIVATE_ROW],
    experts: ["[FOREIGN_PROTOCOL] a frame begins with 0x00, got 0x47 'G': this looks like an HTTP request (GET)"],
  },
  {
    name: 'TLS and HTTP on the port are left to their dissectors',
    write: (connect) => {
      connect().send('up', vector('foreign-tls-client-hello'));
      connect().send('up', text('GET /health HTTP/1.1\r\nHost: im.test\r\n\r\n'));
    },
    options: PORT_OPTION,
    filter: 'http || im',
    rows: ['HTTP: GET /health HTTP/1.1 '],
  },
  {
    name: 'a frame that announces 16 MiB does not block others',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.send('down', WELCOME);
      tcp.send('up', vector('length-16-mib-minus-1-and-nothing-more'));
      tcp.send('down', PRIVATE_MESSAGE);
      tcp.send('up', PRIVATE_MESSAGE);
    },
    rows: [HELLO_ROW, WELCOME_ROW, 'IM: [FRAME_TOO_LARGE]', PRIVATE_ROW, PRIVATE_ROW],
    experts: ['[FRAME_TOO_LARGE] frame of 16777219 bytes, limit 16384'],
  },
  {
    name: 'the maximum frame size without a handshake in the capture: at the limit, and one byte more',
    write: (connect) => {
      connect().send('up', hex('00 0f ff fc 01 07 00 00 08 01'));
      connect().send('up', hex('00 0f ff fd 01 07 00 00 08 01'));
    },
    options: PORT_OPTION,
    rows: ['IM: [FRAME_TOO_LARGE]'],
    experts: ['[FRAME_TOO_LARGE] frame of 1048577 bytes, limit 1048576'],
  },
  {
    name: 'the preference for the maximum frame size',
    write: (connect) => connect().send('up', hex('00 00 3f fd 01 07 00 00 08 01')),
    options: [...PORT_OPTION, '-o', 'im.max_frame_bytes:16384'],
    rows: ['IM: [FRAME_TOO_LARGE]'],
    experts: ['[FRAME_TOO_LARGE] frame of 16385 bytes, limit 16384'],
  },
  {
    name: 'invalid headers after the handshake',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.send('down', WELCOME);
      // Version 2, type 63, type 200, flag 0x0004, COMPRESSED before it is negotiated.
      tcp.send(
        'down',
        hex('00 00 00 04 02 07 00 00', '00 00 00 04 01 3f 00 00', '00 00 00 04 01 c8 00 00', '00 00 00 04 01 07 00 04'),
      );
    },
    rows: [
      HELLO_ROW,
      WELCOME_ROW,
      'IM: SendInfo [UNSUPPORTED_VERSION]; type 63 [UNSUPPORTED_TYPE]; type 200 [UNSUPPORTED_TYPE]; SendInfo [UNSUPPORTED_FLAGS]',
    ],
    experts: [
      '[UNSUPPORTED_VERSION] version 2, expected 1 (negotiated)',
      '[UNSUPPORTED_TYPE] type 63, which is unknown',
      '[UNSUPPORTED_TYPE] type 200, which is unknown',
      '[UNSUPPORTED_FLAGS] flags 0x0004: critical ones are unknown',
    ],
  },
  {
    name: 'invalid payloads, with byte and field',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.send('down', WELCOME);
      tcp.send(
        'down',
        hex('00 00 00 06 01 07 00 00 08 80', '00 00 00 08 01 07 00 00 08 04 10 03', '00 00 00 08 01 07 00 00 08 01 62 00'),
      );
    },
    rows: [
      HELLO_ROW,
      WELCOME_ROW,
      'IM: SendInfo [MALFORMED_PAYLOAD]; PRIVATE_MESSAGE #3 [COMMAND_DATA_MISMATCH]; LOGIN [COMMAND_DATA_MISMATCH]',
    ],
    experts: [
      '[MALFORMED_PAYLOAD] cmd: truncated varint: got 1 bytes without an end',
      '[COMMAND_DATA_MISMATCH] data: PRIVATE_MESSAGE carries privateMessage, got nothing',
      '[COMMAND_DATA_MISMATCH] data: LOGIN carries login or session, got heartbeat',
    ],
  },
  {
    name: 'WebSocket: on a configured port, with several frames in a message, one that ends inside a frame, and text',
    write: (connect) => {
      const tcp = connect();
      openWebSocket(tcp, 'im.v1');
      sendMessage(tcp, 'up', HELLO);
      sendMessage(tcp, 'down', join(WELCOME, PRIVATE_MESSAGE));
      sendMessage(tcp, 'down', PRIVATE_MESSAGE.subarray(0, 37));
      sendMessage(tcp, 'down', text('{"cmd":1}'));
    },
    options: PORT_OPTION,
    rows: [HELLO_ROW, `${WELCOME_ROW}; PRIVATE_MESSAGE #3 1 -> 2 "你好"`, 'IM: [TRUNCATED]', 'IM: [FOREIGN_PROTOCOL]'],
    experts: [
      '[TRUNCATED] ends inside a frame, after 37 of 38 bytes',
      "[FOREIGN_PROTOCOL] a frame begins with 0x00, got 0x7b '{': this looks like JSON text",
    ],
  },
  {
    name: 'WebSocket: the subprotocols im and im.v2, and none',
    write: (connect) => {
      for (const subprotocol of ['im', 'im.v2', undefined]) {
        const tcp = connect();
        openWebSocket(tcp, subprotocol);
        sendMessage(tcp, 'up', HELLO);
      }
    },
    rows: Array<string>(3).fill(HELLO_ROW),
  },
];
