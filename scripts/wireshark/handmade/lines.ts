// The lines of messages in the packet list.
import { hello, welcome } from '../capture/handshake.js';
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

/** Vectors of version 2 and their lines. */
const VERSION_2_LINES: Readonly<Record<string, string>> = {
  'v2-sync-request-full': 'SYNC 1 known',
  'v2-sync-page-full': 'SYNC 1 pushes 1 truncated reset more',
  'v2-history-request-full': 'HISTORY 1 and 2 after 1 before 1',
  'v2-history-page-full': 'HISTORY 1 pushes from 1 to 1 1 changes more',
  'v2-read-position-full': 'READ 1 1 and 2 up to 1 quietly',
  'v2-conversation-state-full': 'CONVERSATION 1 and 2 revision 1',
  'v2-push-ack-full': 'ACK up to 1',
  'v2-typing-full': 'TYPING 1 1 and 2 TEXT',
  'v2-message-chunk-full': 'CHUNK 1 and 2 id 1 chunk 1 OPEN "a"',
  'v2-stream-control-minimal': 'STREAM_CONTROL 1 and 2 id 1 stop',
  'v2-stream-control-full': 'STREAM_CONTROL 1 and 2 id 1 resume after 1',
  'v2-call-signal-with-invite': 'CALL "a" 1 1 and 2 invite',
  'v2-call-signal-later-action-21': 'CALL "a" 1 1 and 2',
  'v2-presence-subscription-full': 'PRESENCE 1 user_ids 1 unsubscribe_ids',
  'v2-presence-list-full': 'PRESENCE 1 items',
  'v2-room-minimal': 'ROOM leave room 1',
  'v2-room-full': 'ROOM join room 1',
  'v2-room-message-minimal': 'ROOM_MESSAGE 1 -> room 1 "a"',
  'v2-receipts-full': 'RECEIPTS 1 and 2 1 items',
  'v2-delete-for-me-full': 'DELETE_FOR_ME 1 and 2 1 message_ids up to 1',
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
  {
    name: 'the line of each command of version 2',
    write: (connect) => {
      const tcp = connect();
      tcp.send('up', hello({ version: 2 }));
      tcp.send('down', welcome({ version: 2 }));
      for (const name of Object.keys(VERSION_2_LINES)) tcp.send('down', vector(name));
    },
    rows: ['Hello versions 2', 'Welcome version 2', ...Object.values(VERSION_2_LINES)].map((line) => `IM: ${line}`),
  },
];
