import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { DeliveredWindow } from './delivered-window.js';
import type { SessionOptions } from './session-options.js';

/** What a ClientSession can be told. All may be left out. */
export interface ClientSessionOptions extends SessionOptions {
  /** Sent as soon as the version is settled, in one flight with Hello where that is allowed. Default: `login` is called later. */
  readonly login?: LoginInfoInit | undefined;
  /** The software, for the logs of the server: at most 256 bytes. Default: empty. */
  readonly agent?: string | undefined;
  /** The messages that were handed over already, on this and earlier connections. Default: a new window. */
  readonly delivered?: DeliveredWindow | undefined;
}
