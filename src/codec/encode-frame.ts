import { REGISTRY } from '../../generated/registry.js';
import { ProtocolError } from '../errors.js';
import type { FrameEntry, MessageMap, Registry } from '../wire/codec.js';
import { allocateOutput, returnOutput } from '../wire/output.js';
import { inertText } from '../wire/quoted.js';
import { type EncodeFrameOptions, frameRoom, frameSettings, writeFrame } from './write-frame.js';

const DEFAULTS = /* @__PURE__ */ frameSettings({});

/** @internal `encodeFrame` for another registry. */
export function createEncodeFrame<M extends MessageMap>(
  registry: Registry<M>,
): <Name extends keyof M & string>(
  type: Name,
  message: M[Name]['init'],
  options?: EncodeFrameOptions,
) => Uint8Array<ArrayBuffer> {
  return (type, message, options) => {
    const entry = frameEntry(registry, type);
    const settings = options === undefined ? DEFAULTS : frameSettings(options);
    const out = allocateOutput(frameRoom(entry, message, settings));
    return returnOutput(out, writeFrame(entry, message, settings, out.bytes, out.start));
  };
}

/**
 * Encodes a message as one frame, header and payload. The result belongs to the caller. A small one may be a view of a buffer of 64 KiB, of
 * which no part is written twice: copy it (`slice()`) to keep it for long. The message is not changed.
 * @param type name of the message: `'SendInfo'`.
 * @throws ProtocolError INVALID_MESSAGE or COMMAND_DATA_MISMATCH with all issues; FRAME_TOO_LARGE over `maxFrameBytes` (default 1048576
 * bytes); LOSSY_DOWNGRADE if `version` does not have something that is set in the message; UNSUPPORTED_TYPE, UNSUPPORTED_VERSION,
 * UNSUPPORTED_FLAGS for arguments that no frame may have.
 */
export const encodeFrame = /* @__PURE__ */ createEncodeFrame(REGISTRY);

/** The entry of a message by its name. */
export function frameEntry<M extends MessageMap>(registry: Registry<M>, type: string): FrameEntry {
  const entry = (registry.frames as Record<string, FrameEntry | undefined>)[type];
  // Names that every object inherits (`toString`) are no entries.
  if (entry?.codec === undefined) throw new ProtocolError('UNSUPPORTED_TYPE', `no frame carries a ${inertText(String(type))}`);
  return entry;
}
