/**
 * A zod schema for each message: it accepts what `check` accepts, and has the same issues, with the name of the rule in `params.rule`.
 * Written with `zod/mini`; parse with `schema.parse(value)` or `z.safeParse(schema, value)` of any zod 4. What is parsed is a copy: objects,
 * lists and maps are new, bytes are shared, unknown fields that a decoder kept stay. A field that is left out stays out.
 */
export { AnySchema } from '../generated/zod/google/protobuf/any.js';
export {
  AudioContentSchema,
  ContentSchema,
  FileContentSchema,
  ImageContentSchema,
  ReadReceiptSchema,
  RecallSchema,
  TextContentSchema,
  VideoContentSchema,
} from '../generated/zod/im/protocol/v1/content.js';
export { DrainInfoSchema } from '../generated/zod/im/protocol/v1/drain_info.js';
export { ErrorInfoSchema } from '../generated/zod/im/protocol/v1/error_info.js';
export { ForceLogoutSchema } from '../generated/zod/im/protocol/v1/force_logout.js';
export { GroupMessageSchema } from '../generated/zod/im/protocol/v1/group_message.js';
export { HelloSchema, RejectSchema, WelcomeSchema } from '../generated/zod/im/protocol/v1/handshake.js';
export { HeartbeatInfoSchema } from '../generated/zod/im/protocol/v1/heartbeat_info.js';
export { LoginInfoSchema } from '../generated/zod/im/protocol/v1/login_info.js';
export { PrivateMessageSchema } from '../generated/zod/im/protocol/v1/private_message.js';
export { ReceiveInfoSchema } from '../generated/zod/im/protocol/v1/receive_info.js';
export { ReceiversSchema } from '../generated/zod/im/protocol/v1/receivers.js';
export { SendInfoSchema } from '../generated/zod/im/protocol/v1/send_info.js';
export { SendResultSchema } from '../generated/zod/im/protocol/v1/send_result.js';
export { SessionInfoSchema } from '../generated/zod/im/protocol/v1/session_info.js';
export { SystemMessageSchema } from '../generated/zod/im/protocol/v1/system_message.js';
export { TopicMessageSchema } from '../generated/zod/im/protocol/v1/topic_message.js';
export { UserInfoSchema } from '../generated/zod/im/protocol/v1/user_info.js';
