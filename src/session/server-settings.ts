import { DEFAULT_HEARTBEAT_INTERVAL_MS, DEFAULT_LOGIN_TIMEOUT_MS } from '../limits.js';
import { type Offer, prepareOffer } from '../negotiate/answer-hello.js';
import { type ServerSessionOptions, type SessionSettings, sessionSettings } from './session-options.js';

/** The options of a server with their defaults, checked once for all its sessions over one transport. */
export interface ServerSettings {
  readonly session: SessionSettings;
  readonly loginTimeoutMs: number;
  /** The server's part of the handshake. */
  readonly offer: Offer;
}

/** @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome: not with the first client. */
export function serverSettings(options: ServerSessionOptions, nowMs: number): ServerSettings {
  const { heartbeatIntervalMs = DEFAULT_HEARTBEAT_INTERVAL_MS, loginTimeoutMs = DEFAULT_LOGIN_TIMEOUT_MS } = options;
  const session = sessionSettings(options);
  const { versions, features, maxFrameBytes, commands, timeOriginMs } = session;
  const serverTimeMs = BigInt(Math.round(timeOriginMs + nowMs));
  const { connectionId } = options;
  const offer = prepareOffer({
    versions,
    features,
    maxFrameBytes,
    commands,
    heartbeatIntervalMs,
    serverTimeMs,
    connectionId,
  });
  return { session, loginTimeoutMs, offer };
}
