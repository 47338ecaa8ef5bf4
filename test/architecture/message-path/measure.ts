// A worker thread of message-path.slow.test.ts. The counts of its profiler are those of its own isolate: this server's, and nobody else's.
import { Session } from 'node:inspector';
import { createConnection } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { Command, createHello, encodeFrame } from '../../../src/index.js';
import { listen } from '../../../src/node/index.js';

/** Messages before the measured one: what runs once, or once a connection, has run. */
const WARM_UP = 100;
/** The last reply of the warm-up, and the timers that follow it, are done after so long. Functions that run later are counted too. */
const SETTLED_MS = 200;

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

const profiler = new Session();
profiler.connect();
profiler.post('Profiler.enable');
profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** The functions that were called since the last call, by file. A session with its own thread answers synchronously. */
function takeCalled(): { file: string; functions: string[] }[] {
  let coverage: Coverage = { result: [] };
  profiler.post('Profiler.takePreciseCoverage', (error, result) => {
    if (error !== null) throw error;
    coverage = result;
  });
  return coverage.result
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url, functions }) => ({
      file: fileURLToPath(url),
      functions: functions.filter(({ ranges }) => ranges[0].count > 0).map(({ functionName }) => functionName),
    }));
}

function message(sequence: number): Uint8Array {
  const content = { body: { $case: 'text', value: { text: 'hello' } } } as const;
  const value = { sender: { userId: 1n, terminal: 1 }, receiverId: 2n, content };
  return encodeFrame('SendInfo', { cmd: Command.PRIVATE_MESSAGE, sequence, data: { $case: 'privateMessage', value } });
}

const HELLO = encodeFrame('Hello', createHello({ versions: [1] }));
const LOGIN = encodeFrame('SendInfo', {
  cmd: Command.LOGIN,
  sequence: 1,
  data: { $case: 'login', value: { accessToken: 'token' } },
});
const WARM_UP_MESSAGES = Buffer.concat(Array.from({ length: WARM_UP }, (_, i) => message(i + 2)));
const MEASURED = message(WARM_UP + 2);

let received = 0;
const server = await listen({
  host: '127.0.0.1',
  login: () => ({ userId: 1n, terminal: 1 }),
  onLogin: () => void socket.write(WARM_UP_MESSAGES),
  message({ cmd }) {
    received++;
    if (received > WARM_UP) parentPort!.postMessage(takeCalled());
    else if (received === WARM_UP) {
      setTimeout(() => {
        takeCalled();
        socket.write(MEASURED);
      }, SETTLED_MS);
    }
    return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: 1, cmd, messageId: 7n } } };
  },
});

const socket = createConnection(server.port, '127.0.0.1');
socket.resume();
socket.write(Buffer.concat([HELLO, LOGIN]));
