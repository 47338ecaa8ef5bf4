import { PLAIN, toNative } from '../native-form.mjs';

export const name = 'JSON';
export const packages = [];
export const int64 = 'decimal string';

const form = { ...PLAIN, int64: String };
/** JSON has no bytes: they cross it in base64, both ways. Only a topic message has any. */
const withText = ({ raw, ...rest }) => ({ ...rest, raw: Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('base64') });
const withBytes = ({ raw, ...rest }) => ({ ...rest, raw: Buffer.from(raw, 'base64') });

/** From a message to bytes and back; enums as numbers, defaults left out. */
export function codec(type) {
  const encode = (message) => Buffer.from(JSON.stringify(message));
  const decode = (bytes) => JSON.parse(bytes.toString());
  const native = (message) => toNative(message, form);
  if (type !== 'TopicMessage') return { native, encode, decode };
  return { native, encode: (message) => encode(withText(message)), decode: (bytes) => withBytes(decode(bytes)) };
}
