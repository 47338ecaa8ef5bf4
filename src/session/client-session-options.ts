import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { DeliveredWindow } from './delivered-window.js';
import type { SessionOptions } from './session-options.js';

/** Options of a ClientSession. All optional. */
export interface ClientSessionOptions extends SessionOptions {
  /** Sent as soon as the version is settled, in one flight with Hello where possible. Default: `login` is called later. */
  readonly login?: LoginInfoInit | undefined;
  /** Name and version of the software, for the logs of the server: at most 256 bytes. Default: empty. */
  readonly agent?: string | undefined;
  /** Message ids that were delivered already, on this and earlier connections. Default: a new window. */
  readonly delivered?: DeliveredWindow | undefined;
}
