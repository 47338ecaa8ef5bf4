import { type FrameMessages, HelloFrame, RejectFrame, SendInfoFrame, WelcomeFrame } from '../../generated/registry.js';
import { createEncodeFrame } from '../codec/encode-frame.js';
import { frameTypes } from '../codec/frame.js';
import { PROTOCOL_VERSION } from '../limits.js';
import type { FrameEntry, Registry } from '../wire/codec.js';

/**
 * "On the connection of a client, only types 7, 64 to 66, and negotiated types of applications occur." A bundle of a client has no message that
 * only services send each other.
 */
const CONNECTION: Registry<Pick<FrameMessages, 'SendInfo' | 'Hello' | 'Welcome' | 'Reject'>> = {
  version: PROTOCOL_VERSION,
  frames: { SendInfo: SendInfoFrame, Hello: HelloFrame, Welcome: WelcomeFrame, Reject: RejectFrame },
};

/** The frames of a connection by their type byte. */
export const CONNECTION_TYPES: readonly (FrameEntry | undefined)[] = /* @__PURE__ */ frameTypes(CONNECTION);

/** As `encodeFrame`, for the frames of a connection. */
export const encodeFrame = /* @__PURE__ */ createEncodeFrame(CONNECTION);
