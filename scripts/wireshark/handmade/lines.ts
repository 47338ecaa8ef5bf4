// The lines of messages in the packet list.
import type { CaptureCase } from './capture-case.js';
import { HELLO, HELLO_ROW, vector, WELCOME, WELCOME_ROW } from './frames.js';

/** Vectors and their lines. */
const LINES: Readonly<Record<string, string>> = {
  'send-login-reply': 'LOGIN reply to 1 user 9007199254740993 on WEB',
  'send-force-logout': 'FORCE_LOGOUT user 1 "已在另一台设备登录"',
  'send-group-message': 'GROUP_MESSAGE #4 1 -> group 9 "hi"',
  'send-system-message': 'SYSTEM_MESSAGE "系统维护"',
  'send-send-result': 'SEND_RESULT reply to 3 SUCCESS id 7300000000000000001',
  'send-drain': 'DRAIN in 30000 ms "deployment"',
  'send-command-500-without-data': 'command 500',
  'send-command-1000-with-custom': 'command 1000 "example.com/chat.Poll"',
};

/** Errors reported by a peer: a line and a note. */
const REPORTED: Readonly<Record<string, string>> = {
  'send-error': 'ERROR reply to 5 RATE_LIMITED for PRIVATE_MESSAGE "more than 20 messages in a second"',
  'reject-no-common-version': 'Reject NO_COMMON_VERSION "no common version: offered 2, 3; this server takes 1"',
  'reject-unknown-code': 'Reject 15',
};

export const LINE_CASES: readonly CaptureCase[] = [
  {
    name: 'the line of each command, and errors reported by a peer',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', HELLO);
      tcp.send('down', WELCOME);
      for (const name of [...Object.keys(LINES), ...Object.keys(REPORTED)]) tcp.send('down', vector(name));
    },
    rows: [HELLO_ROW, WELCOME_ROW, ...[...Object.values(LINES), ...Object.values(REPORTED)].map((line) => `IM: ${line}`)],
    experts: Object.values(REPORTED),
  },
];
