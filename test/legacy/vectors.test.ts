// Every valid vector of the messages goes new -> old, and is read by a client that was written after the facts alone.
import { describe, expect, it } from 'vitest';
import { Command, decodeFrame, isProtocolError, type SendInfoInit } from '../../src/index.js';
import { encodeLegacyAll, legacyProfile, toLegacyBodies } from '../../src/legacy/index.js';
import { allVectorsOf, bytesOf, vectorsOf } from '../vectors/load.js';
import { readPush, readReceiveInfo, readResult, type Shown } from './old-reader.js';

const BOX = legacyProfile('box-im');
/** Which commands an older client has pushes for. */
const PUSHED: ReadonlySet<number> = new Set([
  ...[Command.PRIVATE_MESSAGE, Command.GROUP_MESSAGE, Command.SYSTEM_MESSAGE],
  ...[Command.READ, Command.RECEIPTS, Command.CONVERSATION, Command.CALL],
]);

const vectors = [
  'models',
  'commands',
  'limits',
  'version-2/models',
  'version-2/commands',
  'version-2/limits',
  'version-2/version-1',
].flatMap((file) => (file.startsWith('version-2') ? allVectorsOf(file) : vectorsOf(file)));
const frames = vectors.filter(({ frame }) => frame !== undefined).map(({ name, hex }) => ({ name, bytes: bytesOf(hex) }));

/** A message in a frame, as a SendInfo that a server pushes. */
function pushOf(bytes: Uint8Array): SendInfoInit | undefined {
  const { type, message } = decodeFrame(bytes, { limits: { maxFrameBytes: 16_777_219 } });
  if (type === 'SendInfo') return message;
  if (type === 'PrivateMessage') return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: message } };
  if (type === 'GroupMessage') return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: message } };
  return undefined;
}

/** The body of a message, which decides about what is shown. */
function bodyOf({ data }: SendInfoInit) {
  const hasContent = data?.$case === 'privateMessage' || data?.$case === 'groupMessage' || data?.$case === 'systemMessage';
  return hasContent ? data.value.content : undefined;
}

describe('pushes', () => {
  const pushes = frames.flatMap(({ name, bytes }) => {
    const push = pushOf(bytes);
    return push !== undefined && PUSHED.has(push.cmd ?? 0) ? [{ name, push }] : [];
  });

  it('there are vectors of every command and body', () => {
    expect(new Set(pushes.map(({ push }) => push.cmd))).toEqual(PUSHED);
    expect(new Set(pushes.map(({ push }) => bodyOf(push)?.body?.$case)).size).toBeGreaterThanOrEqual(20);
  });

  it.each(pushes)('$name', ({ push }) => {
    const shown = encodeLegacyAll({ type: 'SendInfo', message: push }, BOX, { receiverId: 9n }).map(readPush);
    const content = bodyOf(push);
    if (content === undefined) return;
    if (shown.length === 0) {
      const isNothing = ['reaction', 'stream', 'read'].includes(content.body?.$case ?? '') || !content.fallback;
      expect(isNothing).toBe(true);
      return;
    }
    const [{ id, text, url, type }] = shown as [Shown];
    const body = content.body;
    const isTip = push.cmd === Command.SYSTEM_MESSAGE && type === 21;
    if (body?.$case === 'text') expect(text).toBe(body.value.text);
    else if (body?.$case === 'recall' && !isTip) expect(text).toBe(String(body.value.messageId));
    else if (!isTip && (body?.$case === 'image' || body?.$case === 'file' || body?.$case === 'audio' || body?.$case === 'video'))
      expect(url).toBe(body.value.url);
    else if (body?.$case === 'edit') expect(id).toBe(String(body.value.messageId));
    else if (body?.$case !== 'stream' && body?.$case !== 'read' && body?.$case !== 'call' && type !== 90 && type !== 80)
      expect(text ?? '').toBe(type === 81 || type === 91 ? '' : content.fallback);
    if (content.messageId && body?.$case !== 'edit') expect(id).toBe(String(content.messageId));
  });
});

describe('bodies between services', () => {
  const bodies = frames.flatMap(({ name, bytes }) => {
    const frame = decodeFrame(bytes, { limits: { maxFrameBytes: 16_777_219 } });
    return frame.type === 'ReceiveInfo' || frame.type === 'SendResult' ? [{ name, frame }] : [];
  });

  it.each(bodies)('$name', ({ frame }) => {
    const expected = (frame.message.receivers ?? []).flatMap(({ terminal, userIds }) =>
      userIds.map((id) => [String(id), terminal >= 1 && terminal <= 3 ? terminal - 1 : -1]),
    );
    try {
      const written = toLegacyBodies(frame, BOX);
      if (frame.type === 'SendResult') {
        expect(written.flatMap((text) => readResult(text).receivers)).toEqual(expected);
        return;
      }
      if (frame.message.cmd === Command.FORCE_LOGOUT) {
        expect(written.map((text) => Object.keys(JSON.parse(text)).slice(0, 2))).toEqual(
          written.map(() => ['userId', 'terminal']),
        );
        return;
      }
      const read = written.map(readReceiveInfo);
      // Whoever gets nothing gets it for a reason: the command or the body has no counterpart.
      if (read.length === 1) expect(read[0].receivers).toEqual(expected);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      expect(error.code).toBe('LOSSY_DOWNGRADE');
      const { everyone, audience, connectionId, replyTo } = frame.message as unknown as Record<string, unknown>;
      expect([everyone, audience, connectionId, replyTo].some(Boolean)).toBe(true);
    }
  });
});
