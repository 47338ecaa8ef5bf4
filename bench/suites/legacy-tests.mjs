// A chat message of an older client: what reading and writing its JSON costs here, beside JSON alone and beside a frame of the same message.
import { entry } from '../library.mjs';

const [{ encodeFrame, decodeFrame }, { decodeLegacy, encodeLegacy, legacyProfile }] = await Promise.all([
  entry('index'),
  entry('legacy'),
]);
const PROFILE = legacyProfile('box-im');

const PRIVATE = {
  id: 1_234_567,
  tmpId: '1700000000000123',
  sendId: 100_234,
  recvId: 100_777,
  content: 'Are we still meeting at the station at six? I can bring the tickets.',
  type: 0,
  status: 0,
  sendTime: 1_700_000_000_000,
};
/** By title. In the second one, `status` and a key that only the older system has travel with the message. */
const MESSAGES = {
  'a text': { cmd: 3, data: PRIVATE },
  'a text with JSON to carry': { cmd: 3, data: { ...PRIVATE, status: 1, ext: null } },
  'a picture in a group': {
    cmd: 4,
    data: {
      id: 1_234_567,
      tmpId: '1700000000000123',
      sendId: 100_234,
      groupId: 777,
      sendNickName: '阿明',
      content: '{"originUrl":"https://files.example/a.jpg","thumbUrl":"https://files.example/t.jpg","width":800,"height":600}',
      type: 1,
      receipt: false,
      readedCount: 0,
      status: 0,
      sendTime: 1_700_000_000_000,
    },
  },
};

/** Keeps results alive. */
export let sink;

/** { message, operation, per, run(n) } */
export function legacyTests() {
  return Object.entries(MESSAGES).flatMap(([message, json]) => {
    const text = JSON.stringify(json);
    const native = decodeLegacy(text, PROFILE);
    const through = (read) => decodeFrame(encodeFrame('SendInfo', read.message));
    if (!isSame(JSON.parse(encodeLegacy(through(native), PROFILE)), json)) throw new Error(`${message}: not what was read`);
    const test = (operation, once) => ({
      message,
      operation,
      per: 1,
      run: (n) => {
        for (let i = 0; i < n; i++) sink = once();
      },
    });
    return [
      test('JSON', () => JSON.stringify(JSON.parse(text))),
      test('frame', () => through(native)),
      test('read', () => decodeLegacy(text, PROFILE)),
      test('write', () => encodeLegacy(native, PROFILE)),
      test('both', () => encodeLegacy(decodeLegacy(text, PROFILE), PROFILE)),
    ];
  });
}

/** Compares two objects of JSON, whatever the order of their keys. */
function isSame(a, b) {
  if (typeof a !== 'object' || a === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isSame(a[key], b[key]));
}
