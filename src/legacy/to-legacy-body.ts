// ReceiveInfo and SendResult -> bodies for the services of an older system.
import { ProtocolError } from '../errors.js';
import { type JsonObject, put, writeJson } from './json.js';
import { ENVELOPE_KEY, type LegacyBodyInit, receiveInfoBodies, sendResultBodies } from './legacy-body.js';
import type { LegacyProfile } from './profile.js';

/**
 * Writes a ReceiveInfo or a SendResult as the body of a RocketMQ message, or the element of a list in Redis, for a service of an older system.
 * Undefined if the older systems have nothing for it. `toLegacyBodies` also writes messages that become several bodies.
 * @param body the result of `fromLegacyBody` or `decodeFrame`; set `destination` if the system writes the topic into its bodies.
 * @returns JSON text. On RocketMQ it is sent as UTF-8.
 * @throws ProtocolError LOSSY_DOWNGRADE for a message that becomes several bodies, a ReceiveInfo to everyone, to an audience or to one connection,
 * and a reply to a client.
 */
export function toLegacyBody(body: LegacyBodyInit, profile: LegacyProfile): string | undefined {
  const bodies = toLegacyBodies(body, profile);
  if (bodies.length <= 1) return bodies[0];
  const message = `got a ${body.type} that becomes ${bodies.length} bodies, limit 1: use toLegacyBodies`;
  throw new ProtocolError('LOSSY_DOWNGRADE', message, { path: '', limit: 1, actual: bodies.length });
}

/**
 * Writes a ReceiveInfo or a SendResult as bodies: one for most; none for what the older systems do not have; several where the receivers get
 * different JSON, for results of a private message on several terminals, and as `encodeLegacyAll`.
 * @throws ProtocolError LOSSY_DOWNGRADE for a ReceiveInfo to everyone, to an audience or to one connection, and for a reply to a client.
 */
export function toLegacyBodies(body: LegacyBodyInit, profile: LegacyProfile): string[] {
  const isInfo = body.type === 'ReceiveInfo';
  const bodies = isInfo ? receiveInfoBodies(body.message, profile) : sendResultBodies(body.message, profile);
  const { destination: key } = isInfo ? profile.keys.receiveInfo : profile.keys.result;
  return bodies.map((json) => {
    const whole: JsonObject = {};
    put(whole, key, body.destination);
    return enveloped(writeJson(Object.assign(whole, json)), body.envelope ?? profile.envelope);
  });
}

function enveloped(json: string, envelope: LegacyProfile['envelope']): string {
  if (envelope === 'none') return json;
  return `{"${ENVELOPE_KEY}":${envelope === 'text' ? JSON.stringify(json) : json}}`;
}
