// `@im/protocol/conversation`: what every platform, server and client does with conversations. Pure functions, without socket,
// clock and storage.

export { clearPlatformFields } from '../codec/clear-platform-fields.js';
export { forOlderVersion } from '../codec/for-older-version.js';
export { latestChanges } from './changes.js';
export { type ConversationData, conversationOf, type MessageData, messageGroupOf, messageTo } from './conversation-of.js';
export {
  type CutHistoryPage,
  cutHistoryPage,
  type HistoryItem,
  type HistoryPageSource,
} from './history-page.js';
export { mergeConversationStates, mergeReadPositions, resolveReadPosition, updateConversationState } from './merge.js';
export { nestedContentFaults } from './nested-content.js';
export { hideOrigins } from './origin.js';
export { maxPageBytes, type PageFrame } from './page-frame.js';
export { platformQuote } from './quote.js';
export { readPositionOf, readReceiptOf } from './read-receipt.js';
export { clearQuote, isRecalled, recalledForm } from './recalled.js';
export {
  conversationKey,
  groupRef,
  isKnownConversation,
  isSameConversation,
  parseConversationKey,
  peerOf,
  privateRef,
  roomRef,
} from './ref.js';
export { type CutSyncPage, cutSyncPage, type SyncItem, type SyncPageSource } from './sync-page.js';
export { type CountedMessage, countedMessage, countUnread, isShown, isUncounted, type Unread } from './unread.js';
