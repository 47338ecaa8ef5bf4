// The messages in which JSON of older systems travels, as types and codecs under one name.
import {
  JsonMessage as JsonMessageCodec,
  LegacyField as LegacyFieldCodec,
} from '../../generated/im/legacy/v1/json_message.codec.js';
import type {
  JsonMessage as JsonMessageType,
  LegacyField as LegacyFieldType,
} from '../../generated/im/legacy/v1/json_message.js';

export type JsonMessage = JsonMessageType;
export const JsonMessage: typeof JsonMessageCodec = JsonMessageCodec;
export type LegacyField = LegacyFieldType;
export const LegacyField: typeof LegacyFieldCodec = LegacyFieldCodec;
export type { JsonMessageInit, LegacyFieldInit } from '../../generated/im/legacy/v1/json_message.js';
