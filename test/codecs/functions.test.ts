import { describe, expect, it } from 'vitest';
import * as models from '../../generated/models.js';
import * as functions from '../../src/codecs.js';
import type { Codec } from '../../src/index.js';

/** The codecs of all messages, by name. */
const codecs = (Object.entries(models) as [string, Codec<object, object>][]).filter(([, model]) => model.decode !== undefined);
/** What a call throws: errors of every kind. */
function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const all = functions as unknown as Readonly<Record<string, (value: unknown) => unknown>>;

describe.each(codecs)('%s as functions', (name, codec) => {
  const encode = all[`encode${name}`];
  const decode = all[`decode${name}`];

  it('encodes and decodes as the codec does, unknown fields too', () => {
    // Field 2000 = 1, which no message has.
    const bytes = new Uint8Array([0x80, 0x7d, 1]);
    const message = decode(bytes);
    expect(message).toEqual(codec.decode(bytes));
    expect(encode(message)).toEqual(bytes);
    expect(encode(codec.create())).toEqual(codec.encode(codec.create()));
  });

  it('refuses what the codec refuses, with the same words', () => {
    for (const bytes of [new Uint8Array([8]), new Uint8Array([0]), new Uint8Array([0x0f, 0]), 'text']) {
      expect(thrown(() => decode(bytes))).toEqual(thrown(() => codec.decode(bytes as Uint8Array)));
    }
    for (const value of [{ nothing: 1 }, null, new Date(0), []]) {
      expect(thrown(() => encode(value))).toEqual(thrown(() => codec.encode(value as object)));
    }
  });
});

it('there are functions of every message', () => {
  expect(codecs.length).toBeGreaterThan(20);
  const names = Object.keys(functions).filter((key) => /^(en|de)code/.test(key));
  expect(names.sort()).toEqual(codecs.flatMap(([name]) => [`decode${name}`, `encode${name}`]).sort());
});
