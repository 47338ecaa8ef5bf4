import * as z from 'zod';
import { codec as json } from './json.mjs';

export const name = 'JSON + zod';
export const packages = ['zod'];
export const int64 = 'decimal string';

const id = z.string().regex(/^[1-9][0-9]{0,18}$/);
const time = z.string().regex(/^[0-9]{1,15}$/);
const number = z.int().positive();
const ascii = (max) =>
  z
    .string()
    .max(max)
    .regex(/^[!-~]*$/);

const userInfo = z.strictObject({ userId: id, terminal: number });
const text = z.strictObject({ text: z.string().min(1).max(1_048_576) });
const content = z.strictObject({ clientMessageId: ascii(64).optional(), sentAtMs: time.optional(), text });
const privateMessage = z.strictObject({ sender: userInfo, receiverId: id, content });
const groupMessage = z.strictObject({ sender: userInfo, groupId: id, content });
const heartbeat = z.strictObject({ sentAtMs: time });
const receivers = z.array(z.strictObject({ terminal: number, userIds: z.array(id).min(1).max(10_000) })).max(16);
const noControl = z.string().regex(/^\P{Cc}*$/u);

/** As much of the schema's rules as the measured messages touch, as one would write it by hand. */
const SCHEMAS = {
  SendInfo: z.strictObject({
    cmd: number,
    sequence: z.int().min(0).max(4_294_967_295).optional(),
    heartbeat: heartbeat.optional(),
    privateMessage: privateMessage.optional(),
  }),
  ReceiveInfo: z.strictObject({
    cmd: number,
    sender: userInfo.optional(),
    receivers,
    serviceName: z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9_-]*$/),
    traceId: ascii(64),
    groupMessage: groupMessage.optional(),
  }),
  SendResult: z.strictObject({
    sender: userInfo.optional(),
    receivers,
    code: number,
    cmd: number,
    messageId: id,
    traceId: ascii(64),
  }),
  TopicMessage: z.strictObject({
    topic: z
      .string()
      .min(1)
      .max(127)
      .regex(/^[%|a-zA-Z0-9_-]*$/),
    tag: noControl,
    keys: z.array(noControl).max(64),
    messageGroup: noControl.max(63),
    properties: z.record(noControl, noControl),
    raw: z.instanceof(Uint8Array).refine(({ length }) => length > 0 && length <= 4_194_304),
  }),
};

export function codec(type) {
  const { native, encode, decode } = json(type);
  const schema = SCHEMAS[type];
  return { native, checked: { encode, decode: (bytes) => schema.parse(decode(bytes)) } };
}
