/** A program of a user, for every TypeScript: entries for each platform, names that are type and value, frames that narrow. */
export const PROGRAM = `
import { Command, decodeFrame, encodeFrame, FrameDecoder, isProtocolError, type Issue, SendInfo, type SendInfoInit } from '@im/protocol';
import { decodeSendInfo, encodeSendInfo } from '@im/protocol/codecs';
import { FrameSplitter } from '@im/protocol/frame';
import { fromJSON, toJSON } from '@im/protocol/json';
import { ClientSession, type SessionEvent } from '@im/protocol/session';
import { SendInfoSchema } from '@im/protocol/zod';

const login: SendInfoInit = { cmd: Command.LOGIN, sequence: 1, data: { $case: 'login', value: { accessToken: 't' } } };
const bytes: Uint8Array = encodeFrame('SendInfo', login);
for (const frame of new FrameDecoder().push(bytes)) {
  if (frame.type === 'SendInfo') {
    const message: SendInfo = frame.message;
    if (message.data?.$case === 'login') message.data.value.accessToken.length;
    const issues: readonly Issue[] = SendInfo.check(message);
    issues.length;
  } else if (frame.type === 'invalid') frame.error.code;
}
const whole: SendInfo = SendInfo.create({ cmd: 1234 });
whole.cmd satisfies number;
const frame = decodeFrame(bytes);
if (frame.type === 'Hello') frame.message.versions satisfies number[];
const again: SendInfo = fromJSON('SendInfo', toJSON('SendInfo', whole));
again.sequence satisfies number;
const decoded: SendInfo = decodeSendInfo(encodeSendInfo(again));
decoded.sequence satisfies number;
new FrameSplitter();
const session = new ClientSession({ login: { accessToken: 't' } }, 0);
session.takeEvents() satisfies SessionEvent[];
SendInfoSchema.parse(login).cmd satisfies number | undefined;
isProtocolError(new Error(), 'TRUNCATED');

// @ts-expect-error a command is a number
SendInfo.encode({ cmd: 'LOGIN' });
// @ts-expect-error no message has this name
encodeFrame('Nothing', {});
// @ts-expect-error an id is a bigint
SendInfo.create({ data: { $case: 'session', value: { userId: 1 } } });
`;
