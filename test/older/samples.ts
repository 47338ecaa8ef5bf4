// What version 2 adds, from its vectors.
import { COMMANDS } from '../../generated/commands.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import type { PrivateMessage, ReceiveInfo, SendInfo } from '../../src/index.js';
import { bytesOf, vectorsOf } from '../vectors/load.js';

const commands = vectorsOf('version-2/commands');
const models = vectorsOf('version-2/models');

/** A SendInfo for each command of version 2 and each of its data. */
export const COMMAND_SAMPLES: readonly SendInfo[] = accepted(commands, 'v2-send-info-command-')
  .map((vector) => decodeFrame(bytesOf(vector.hex)).message as SendInfo)
  .filter(({ cmd }) => COMMANDS[cmd]?.since === 2);

/** A ReceiveInfo for each command of version 2 that goes between services. */
export const RECEIVE_INFO_SAMPLES: readonly ReceiveInfo[] = accepted(commands, 'v2-receive-info-command-')
  .map((vector) => decodeFrame(bytesOf(vector.hex)).message as ReceiveInfo)
  .filter(({ cmd, replyTo }) => COMMANDS[cmd]?.since === 2 && replyTo === 0);

/** A frame of version 1 with each field of version 2 that version 1 may skip. */
export const IGNORABLE_SAMPLES: readonly (readonly [name: string, frame: Uint8Array])[] = accepted(
  vectorsOf('version-2/version-1'),
  'v1-',
)
  .filter(({ name }) => name.includes('-may-have-'))
  .map(({ name, hex }) => [name.slice('v1-'.length), bytesOf(hex)]);

/** A frame with each field of version 2 that version 1 must not miss. */
export const REQUIRED_SAMPLES: readonly (readonly [name: string, frame: Uint8Array])[] = accepted(models, 'v2-')
  .map(({ name, hex }) => [name.slice('v2-'.length), bytesOf(hex)] as const)
  .filter(([, frame]) => frame[4] === 2);

/** A PrivateMessage with each body of version 2. */
export const BODY_SAMPLES: readonly (readonly [body: string, message: PrivateMessage])[] = accepted(
  models,
  'v2-content-with-',
).map((vector) => [vector.name.slice('v2-content-with-'.length), decodeFrame(bytesOf(vector.hex)).message as PrivateMessage]);

function accepted(vectors: typeof commands, start: string) {
  return vectors.filter(({ name, frame }) => frame !== undefined && name.startsWith(start));
}
