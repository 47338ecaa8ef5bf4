// The forms of the codecs: generated code, and plans. In a bundle with the plugins of the web build, CODE is what they put in its place, on the
// runtime of the web build (scripts/fuzz/bundle-form.ts).
import * as own from '../../generated/models.js';
import { REGISTRY } from '../../generated/registry.js';
import { createDecodeFrame } from '../../src/codec/decode-frame.js';
import { createEncodeFrame } from '../../src/codec/encode-frame.js';
import { messageFromJson, messageToJson } from '../../src/json/index.js';
import type { Codec, MessageMap, Registry } from '../../src/wire/codec.js';
import * as fixtures from '../fixtures/generated/models.js';

export type AnyCodec = Codec<object, object>;

/** One form of the codecs of this protocol and of the fixtures, and what is built on them. */
export interface Form {
  readonly name: string;
  /** By the full names of the messages. */
  readonly codecs: ReadonlyMap<string, AnyCodec>;
  readonly registry: Registry<MessageMap>;
  readonly encodeFrame: ReturnType<typeof createEncodeFrame<MessageMap>>;
  readonly decodeFrame: ReturnType<typeof createDecodeFrame<MessageMap>>;
  readonly toJson: typeof messageToJson;
  readonly fromJson: typeof messageFromJson;
}

export function formOf(name: string, codecs: readonly AnyCodec[], registry: Registry<MessageMap>): Form {
  return {
    name,
    codecs: new Map(codecs.map((codec) => [codec.typeName, codec])),
    registry,
    encodeFrame: createEncodeFrame(registry),
    decodeFrame: createDecodeFrame(registry),
    toJson: messageToJson,
    fromJson: messageFromJson,
  };
}

const isCodec = (model: unknown): model is AnyCodec => typeof model === 'object' && model !== null && 'generated' in model;

export const CODE: Form = formOf(
  'generated code',
  [own, fixtures].flatMap((models) => Object.values(models).filter(isCodec)),
  REGISTRY as unknown as Registry<MessageMap>,
);
