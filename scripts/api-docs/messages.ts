/**
 * The fields of the messages. Import them from `@im/protocol`, where the name of a message is also its codec.
 * @module messages
 */
export * from '../../generated/google/protobuf/any.js';
export * from '../../generated/im/protocol/v1/content.js';
export * from '../../generated/im/protocol/v1/drain_info.js';
export * from '../../generated/im/protocol/v1/error_info.js';
export * from '../../generated/im/protocol/v1/force_logout.js';
export * from '../../generated/im/protocol/v1/group_message.js';
export * from '../../generated/im/protocol/v1/handshake.js';
export * from '../../generated/im/protocol/v1/heartbeat_info.js';
export * from '../../generated/im/protocol/v1/login_info.js';
export * from '../../generated/im/protocol/v1/private_message.js';
export * from '../../generated/im/protocol/v1/receive_info.js';
export * from '../../generated/im/protocol/v1/receivers.js';
export * from '../../generated/im/protocol/v1/send_info.js';
export * from '../../generated/im/protocol/v1/send_result.js';
export * from '../../generated/im/protocol/v1/session_info.js';
export * from '../../generated/im/protocol/v1/system_message.js';
export * from '../../generated/im/protocol/v1/topic_message.js';
export * from '../../generated/im/protocol/v1/user_info.js';
