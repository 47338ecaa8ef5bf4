/** The frames that write_frames of each language writes, as JSON. */
export const OWN_FRAMES: readonly object[] = [
  { version: 0, type: 'Hello', flags: 0, message: { versions: [1], agent: 'interop' } },
  {
    version: 1,
    type: 'SendInfo',
    flags: 0,
    message: {
      cmd: 'COMMAND_PRIVATE_MESSAGE',
      sequence: 7,
      privateMessage: {
        sender: { userId: '9007199254740993', terminal: 'TERMINAL_APP' },
        receiverId: '9223372036854775807',
        content: { clientMessageId: 'c1', text: { text: '你好' } },
      },
    },
  },
  {
    version: 1,
    type: 'SendInfo',
    flags: 0,
    message: { cmd: 'COMMAND_HEARTBEAT', sequence: 8, heartbeat: { sentAtMs: '1767225600000' } },
  },
];
