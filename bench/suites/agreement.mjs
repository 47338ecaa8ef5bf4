// Before anything is timed: every contender gives back what it was given, and every protobuf reader reads every protobuf writer.
import { isDeepStrictEqual } from 'node:util';
import { entry } from '../library.mjs';
import { MESSAGES } from '../messages.mjs';
import { normalForm } from '../native-form.mjs';

const { FrameDecoder } = await entry('index');

/** Throws, with both values, where contenders differ. Returns how many comparisons were made. */
export function checkAgreement(contenders) {
  let comparisons = 0;
  const same = (what, actual, expected) => {
    comparisons++;
    if (isDeepStrictEqual(actual, expected)) return;
    throw new Error(`${what}\n got      ${shown(actual)}\n expected ${shown(expected)}`);
  };
  for (const [title, { type, of }] of Object.entries(MESSAGES)) {
    const all = contenders.map(({ codec, ...about }) => ({ ...about, ...codec(type) }));
    for (const message of of) {
      for (const writer of all) {
        const native = normalForm(writer.native(message));
        if (!writer.isLossy) same(`${title}: what ${writer.name} is given`, native, normalForm(message));
        for (const { encode, decode, message: inFrame = (decoded) => decoded } of waysOf(writer)) {
          same(`${title}: ${writer.name}, its own bytes`, normalForm(inFrame(decode(encode(writer.native(message))))), native);
        }
      }
      if (message === of[0])
        crossRead(
          title,
          message,
          all.filter(({ isProtobuf, encode }) => isProtobuf && encode),
          same,
        );
    }
    checkBatches(title, type, of, all, same);
  }
  return comparisons;
}

function waysOf({ encode, decode, checked, unchecked }) {
  return [{ encode, decode }, checked, unchecked].filter((way) => way?.encode !== undefined);
}

function crossRead(title, message, all, same) {
  for (const writer of all) {
    const bytes = writer.encode(writer.native(message));
    for (const reader of all) {
      // Whichever of the two rounds, the result is rounded.
      const { native } = reader.isLossy ? reader : writer;
      same(
        `${title}: written by ${writer.name}, read by ${reader.name}`,
        normalForm(reader.decode(bytes)),
        normalForm(native(message)),
      );
    }
  }
}

function checkBatches(title, type, messages, all, same) {
  for (const { name, native, framed } of all.filter((contender) => contender.framed !== undefined)) {
    const frames = new FrameDecoder().push(framed(messages.map(native), messages.length));
    same(
      `${title}: a batch by ${name}`,
      frames.map((frame) => [frame.type, normalForm(frame.message)]),
      messages.map((message) => [type, normalForm(message)]),
    );
  }
}

function shown(value) {
  return JSON.stringify(value).slice(0, 2000);
}
