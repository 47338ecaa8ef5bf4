/**
 * A zod schema for each message. It accepts what `check` accepts and reports the same issues, with the name of the rule in `params.rule`.
 * Built with `zod/mini`; parse with `schema.parse(value)` or `z.safeParse(schema, value)` of any zod 4. The result is a copy: objects, lists and
 * maps are new, bytes are shared, unknown fields are kept. A missing field stays missing.
 */
export { AnySchema } from '../generated/google/protobuf/any.zod.js';
export {
  AudioContentSchema,
  ContentSchema,
  FileContentSchema,
  ImageContentSchema,
  ReadReceiptSchema,
  RecallSchema,
  TextContentSchema,
  VideoContentSchema,
} from '../generated/im/protocol/v1/content.zod.js';
export { DrainInfoSchema } from '../generated/im/protocol/v1/drain_info.zod.js';
export { ErrorInfoSchema } from '../generated/im/protocol/v1/error_info.zod.js';
export { ForceLogoutSchema } from '../generated/im/protocol/v1/force_logout.zod.js';
export { GroupMessageSchema } from '../generated/im/protocol/v1/group_message.zod.js';
export { HelloSchema, RejectSchema, WelcomeSchema } from '../generated/im/protocol/v1/handshake.zod.js';
export { HeartbeatInfoSchema } from '../generated/im/protocol/v1/heartbeat_info.zod.js';
export { LoginInfoSchema } from '../generated/im/protocol/v1/login_info.zod.js';
export { PrivateMessageSchema } from '../generated/im/protocol/v1/private_message.zod.js';
export { ReceiveInfoSchema } from '../generated/im/protocol/v1/receive_info.zod.js';
export { ReceiversSchema } from '../generated/im/protocol/v1/receivers.zod.js';
export { SendInfoSchema } from '../generated/im/protocol/v1/send_info.zod.js';
export { SendResultSchema } from '../generated/im/protocol/v1/send_result.zod.js';
export { SessionInfoSchema } from '../generated/im/protocol/v1/session_info.zod.js';
export { SystemMessageSchema } from '../generated/im/protocol/v1/system_message.zod.js';
export { TopicMessageSchema } from '../generated/im/protocol/v1/topic_message.zod.js';
export { UserInfoSchema } from '../generated/im/protocol/v1/user_info.zod.js';
