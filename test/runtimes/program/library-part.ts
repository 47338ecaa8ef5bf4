// The entries that no vector needs.

import { decodeSendInfo, encodeSendInfo } from '@im/protocol/codecs';
import { conversationKey, parseConversationKey } from '@im/protocol/conversation';
import { encodeRawFrame, FrameSplitter } from '@im/protocol/frame';
import { decodeLegacy, encodeLegacy, legacyProfile } from '@im/protocol/legacy';
import { StreamAssembler, TypingTracker } from '@im/protocol/live';
import { ClientSync, MemoryStorage } from '@im/protocol/sync';
import { type Part, part } from './report.js';

export function libraryPart(): Promise<Part> {
  return part('other entries', async (check) => {
    const splitter = new FrameSplitter();
    check(typeof splitter === 'object', 'a FrameSplitter');
    check(encodeRawFrame(2, Uint8Array.of(1)).length === 9, 'a raw frame');
    check(
      decodeSendInfo(encodeSendInfo({ cmd: 2, sequence: 7, data: { $case: 'heartbeat', value: {} } })).sequence === 7,
      'codecs',
    );
    const storage = new MemoryStorage();
    check((await storage.revision()) === 0, 'a MemoryStorage');
    check(new ClientSync({ storage }) instanceof ClientSync, 'a ClientSync');
    check(
      [StreamAssembler, TypingTracker].every((one) => typeof one === 'function'),
      'live',
    );
    const profile = legacyProfile('box-im');
    const old = '{"cmd":3,"data":{"id":12345678901234567,"sendId":7,"recvId":9,"content":"hi","type":0,"status":0}}';
    check(encodeLegacy(decodeLegacy(old, profile), profile) === old, 'legacy');
    check(
      [conversationKey, parseConversationKey].every((one) => typeof one === 'function'),
      'conversation',
    );
  });
}
