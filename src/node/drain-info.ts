import { Command } from '../../generated/im/protocol/v1/command.js';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { LONGEST_TIMER_MS } from '../connection/platform.js';
import { isIntegerWithin, ProtocolError } from '../errors.js';
import type { DrainOptions } from './listen-options.js';

/**
 * The DRAIN that the clients get.
 * @throws ProtocolError INVALID_MESSAGE for options that break a rule.
 */
export function drainInfoOf({ notReadyMs = 0, ...drain }: DrainOptions): DrainInfoInit {
  if (!isIntegerWithin(notReadyMs, 0, LONGEST_TIMER_MS)) {
    const text = `notReadyMs: expected an integer from 0 to ${LONGEST_TIMER_MS}, got ${notReadyMs}`;
    throw new ProtocolError('INVALID_MESSAGE', text, { path: 'notReadyMs' });
  }
  // Refuses unknown keys, too.
  encodeFrame('SendInfo', { cmd: Command.DRAIN, data: { $case: 'drain', value: drain } });
  return drain;
}
