/**
 * A zod schema for each message. It accepts what `check` accepts and reports the same issues, with the name of the rule in `params.rule`.
 * Built with `zod/mini`; parse with `schema.parse(value)` or `z.safeParse(schema, value)` of any zod 4. The result is a copy: objects, lists and
 * maps are new, bytes are shared, unknown fields are kept. A missing field stays missing.
 */
export { AnySchema } from '../generated/google/protobuf/any.zod.js';
export { CallRecordSchema } from '../generated/im/protocol/v1/call_record.zod.js';
export {
  CallAcceptSchema,
  CallEndSchema,
  CallInviteSchema,
  CallMediaSchema,
  CallMembersSchema,
  CallRingingSchema,
  CallServerSchema,
  CallSignalSchema,
  IceCandidateSchema,
  IceCandidatesSchema,
  IceServerSchema,
  SessionDescriptionSchema,
} from '../generated/im/protocol/v1/call_signal.zod.js';
export { CardContentSchema } from '../generated/im/protocol/v1/card_content.zod.js';
export { ClientInfoSchema } from '../generated/im/protocol/v1/client_info.zod.js';
export {
  AlbumContentSchema,
  AlbumItemSchema,
  AudioContentSchema,
  ContentSchema,
  EditSchema,
  EphemeralSchema,
  FileContentSchema,
  ForwardedMessageSchema,
  ImageContentSchema,
  MergedForwardSchema,
  ReadReceiptSchema,
  RecallSchema,
  TextContentSchema,
  VideoContentSchema,
} from '../generated/im/protocol/v1/content.zod.js';
export { ConversationRefSchema, UserPairSchema } from '../generated/im/protocol/v1/conversation_ref.zod.js';
export { ConversationStateSchema } from '../generated/im/protocol/v1/conversation_state.zod.js';
export { DeleteForMeSchema } from '../generated/im/protocol/v1/delete_for_me.zod.js';
export { DeliveryHintsSchema } from '../generated/im/protocol/v1/delivery_hints.zod.js';
export { DrainInfoSchema } from '../generated/im/protocol/v1/drain_info.zod.js';
export { DeviceCiphertextSchema, EncryptedContentSchema } from '../generated/im/protocol/v1/encrypted_content.zod.js';
export { ErrorInfoSchema } from '../generated/im/protocol/v1/error_info.zod.js';
export { ForceLogoutSchema } from '../generated/im/protocol/v1/force_logout.zod.js';
export { ForwardOriginSchema } from '../generated/im/protocol/v1/forward_origin.zod.js';
export { GroupMessageSchema } from '../generated/im/protocol/v1/group_message.zod.js';
export { HelloSchema, RejectSchema, WelcomeSchema } from '../generated/im/protocol/v1/handshake.zod.js';
export { HeartbeatInfoSchema } from '../generated/im/protocol/v1/heartbeat_info.zod.js';
export { LinkPreviewSchema } from '../generated/im/protocol/v1/link_preview.zod.js';
export { LocationContentSchema } from '../generated/im/protocol/v1/location_content.zod.js';
export { LoginInfoSchema, PushTokenSchema } from '../generated/im/protocol/v1/login_info.zod.js';
export { MessageChunkSchema, StreamControlSchema } from '../generated/im/protocol/v1/message_chunk.zod.js';
export { NoticeSchema } from '../generated/im/protocol/v1/notice.zod.js';
export { PresenceListSchema, PresenceSchema, PresenceSubscriptionSchema } from '../generated/im/protocol/v1/presence.zod.js';
export { PrivateMessageSchema } from '../generated/im/protocol/v1/private_message.zod.js';
export { PushSchema } from '../generated/im/protocol/v1/push.zod.js';
export { PushAckSchema } from '../generated/im/protocol/v1/push_ack.zod.js';
export { PushHintsSchema } from '../generated/im/protocol/v1/push_hints.zod.js';
export { QuoteSchema } from '../generated/im/protocol/v1/quote.zod.js';
export { ReactionSchema } from '../generated/im/protocol/v1/reaction.zod.js';
export { ReadPositionSchema } from '../generated/im/protocol/v1/read_position.zod.js';
export { MessageReceiptSchema, ReceiptsSchema } from '../generated/im/protocol/v1/receipts.zod.js';
export { ReceiveInfoSchema } from '../generated/im/protocol/v1/receive_info.zod.js';
export { ReceiversSchema } from '../generated/im/protocol/v1/receivers.zod.js';
export { RoomMessageSchema, RoomSchema } from '../generated/im/protocol/v1/room.zod.js';
export { SendInfoSchema } from '../generated/im/protocol/v1/send_info.zod.js';
export { SendResultSchema } from '../generated/im/protocol/v1/send_result.zod.js';
export { SessionEventSchema } from '../generated/im/protocol/v1/session_event.zod.js';
export { ServerLimitsSchema, SessionInfoSchema } from '../generated/im/protocol/v1/session_info.zod.js';
export { StickerContentSchema } from '../generated/im/protocol/v1/sticker_content.zod.js';
export { StreamContentSchema } from '../generated/im/protocol/v1/stream_content.zod.js';
export {
  HistoryPageSchema,
  HistoryRequestSchema,
  KnownConversationSchema,
  SyncPageSchema,
  SyncRequestSchema,
} from '../generated/im/protocol/v1/sync.zod.js';
export { SystemMessageSchema } from '../generated/im/protocol/v1/system_message.zod.js';
export { TextEntitySchema } from '../generated/im/protocol/v1/text_entity.zod.js';
export { TopicMessageSchema } from '../generated/im/protocol/v1/topic_message.zod.js';
export { TypingSchema } from '../generated/im/protocol/v1/typing.zod.js';
export { UplinkInfoSchema } from '../generated/im/protocol/v1/uplink_info.zod.js';
export { UserInfoSchema } from '../generated/im/protocol/v1/user_info.zod.js';
