import { allMessages, type MessageModel, type Model, type ValueType } from './model.js';
import { scalarCode, tagBytes } from './wire-types.js';

/** Maximum size of a value in bytes, without its tag and unknown fields; undefined = unbounded. */
function maxBytesOf(model: Model, type: ValueType): number | undefined {
  if (type.kind !== 'message') return scalarCode(type)?.maxBytes;
  const message = allMessages(model).find((m) => m.desc === type.message);
  return message && maxMessageBytes(model, message);
}

function maxMessageBytes(model: Model, message: MessageModel): number | undefined {
  if (message.recursive) return undefined;
  let sum = 0;
  for (const field of message.fields) {
    const value = field.kind === 'one' ? maxBytesOf(model, field.type) : undefined;
    if (value === undefined) return undefined;
    sum += value + tagBytes(field.desc.number, 0).length + (field.type.kind === 'message' ? 5 : 0);
  }
  return sum;
}

/** True for a message whose length takes one byte, unless it has unknown fields. */
export function isShort(model: Model, type: ValueType): boolean {
  const max = maxBytesOf(model, type);
  return max !== undefined && max < 128;
}
