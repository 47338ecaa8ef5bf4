import { Random } from '../random.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const HEADER_BYTES = 8;

/** What streams through: whole frames of these sizes, header included, in chunks of these sizes. */
export const STREAMS = {
  'small-kib': { title: 'frames of 20-200 B, chunks of 1-64 KiB', bytes: 64 * MIB, frame: [20, 200], chunk: [KIB, 64 * KIB] },
  'small-64': { title: 'frames of 20-200 B, chunks of 1-64 B', bytes: 8 * MIB, frame: [20, 200], chunk: [1, 64] },
  'small-1': { title: 'frames of 20-200 B, chunks of 1 B', bytes: 256 * KIB, frame: [20, 200], chunk: [1, 1] },
  'large-1460': { title: 'frames of 1 MiB, chunks of 1460 B', bytes: 8 * MIB, frame: [MIB, MIB], chunk: [1460, 1460] },
};

/**
 * The tests of one splitter: the same payloads for all, each in the splitter's own framing. A unit is a byte of our frames.
 * @param share of the bytes, to be done with sooner.
 */
export function frameTests({ name, frame, split }, share = 1) {
  return Object.entries(STREAMS).map(([stream, { bytes, frame: sizes, chunk }]) => {
    const payloads = payloadsOf(bytes * share, sizes);
    const chunks = cut(Buffer.concat(payloads.map(frame)), chunk);
    const expected = { frames: payloads.length, bytes: payloads.reduce((sum, { length }) => sum + length, 0) };
    const run = async (n) => {
      for (let i = 0; i < n; i++) await split(chunks);
    };
    return {
      stream,
      contender: name,
      per: expected.bytes + expected.frames * HEADER_BYTES,
      run,
      split: () => split(chunks),
      expected,
    };
  });
}

/** Throws if a splitter does not find the frames that are there. */
export async function checkFrames(tests) {
  for (const { stream, contender, split, expected } of tests) {
    const found = await split();
    if (found.frames !== expected.frames || found.bytes !== expected.bytes) {
      throw new Error(`${contender}, ${stream}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
    }
  }
}

function payloadsOf(bytes, [from, to]) {
  const random = new Random(7);
  const content = Buffer.alloc(to, 'The same payload for all. ');
  const payloads = [];
  for (let rest = bytes; rest > 0; ) {
    const size = random.between(from, to);
    payloads.push(content.subarray(0, size - HEADER_BYTES));
    rest -= size;
  }
  return payloads;
}

function cut(bytes, [from, to]) {
  const random = new Random(8);
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.between(from, to);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
