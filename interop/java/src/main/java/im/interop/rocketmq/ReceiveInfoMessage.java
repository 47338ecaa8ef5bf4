package im.interop.rocketmq;

import im.interop.frame.Frame;
import im.protocol.v1.Content;
import im.protocol.v1.ConversationRef;
import im.protocol.v1.PrivateMessage;
import im.protocol.v1.ReceiveInfo;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageBuilder;

/**
 * Maps a ReceiveInfo to a RocketMQ message. The body is a complete frame. Topic and message group determine the receiver and the order of a
 * conversation; tag, keys and properties are for filters and lookups.
 */
final class ReceiveInfoMessage {
  private final ClientServiceProvider provider;
  private final String serverId;

  ReceiveInfoMessage(ClientServiceProvider provider, String serverId) {
    this.provider = provider;
    this.serverId = serverId;
  }

  Message of(ReceiveInfo info) {
    String command = commandName(info);
    MessageBuilder message =
        provider
            .newMessageBuilder()
            .setTopic(topic(info) + "_" + serverId)
            .setTag(command)
            .addProperty("im_type", String.valueOf(Frame.RECEIVE_INFO))
            .addProperty("im_version", "1")
            .addProperty("im_command", command)
            .setBody(Frame.write(Frame.RECEIVE_INFO, info.toByteArray()));
    // RocketMQ rejects empty values.
    if (!info.getTraceId().isEmpty()) message.addProperty("im_trace", info.getTraceId());
    if (!info.getServiceName().isEmpty()) message.addProperty("im_service", info.getServiceName());
    List<String> keys = keys(content(info));
    if (!keys.isEmpty()) message.setKeys(keys.toArray(String[]::new));
    String group = messageGroup(info);
    if (group != null) message.setMessageGroup(group);
    return message.build();
  }

  /** The tag: the command name, from 1000 on the decimal number. */
  private static String commandName(ReceiveInfo info) {
    return info.getCmdValue() >= 1000 ? String.valueOf(info.getCmdValue()) : info.getCmd().name().replaceFirst("^COMMAND_", "");
  }

  /** The topic. FORCE_LOGOUT and commands from 1000 on go to the system topics, events to their own topic. */
  private static String topic(ReceiveInfo info) {
    return switch (info.getDataCase()) {
      case PRIVATE_MESSAGE -> "im_message_private";
      case GROUP_MESSAGE -> "im_message_group";
      case TYPING, CHUNK, CALL, ROOM_MESSAGE -> "im_event";
      default -> "im_message_system";
    };
  }

  /** The conversation. Private, group and event topics are FIFO, and their messages have a group; messages on system topics do not. */
  private static String messageGroup(ReceiveInfo info) {
    return switch (info.getDataCase()) {
      case PRIVATE_MESSAGE -> {
        PrivateMessage message = info.getPrivateMessage();
        long one = message.getSender().getUserId();
        long other = message.getReceiverId();
        yield "p_" + Math.min(one, other) + "_" + Math.max(one, other);
      }
      case GROUP_MESSAGE -> "g_" + info.getGroupMessage().getGroupId();
      case TYPING -> conversation(info.getTyping().getConversation(), info.getSender().getUserId());
      case CHUNK -> "s_" + info.getChunk().getMessageId();
      case CALL -> "c_" + info.getCall().getCallId();
      case ROOM_MESSAGE -> "r_" + info.getRoomMessage().getRoomId();
      default -> null;
    };
  }

  /** Of a kind that this program does not know, the group is that of the user. */
  private static String conversation(ConversationRef conversation, long userId) {
    return switch (conversation.getKindCase()) {
      case PRIVATE -> "p_" + conversation.getPrivate().getLowerId() + "_" + conversation.getPrivate().getHigherId();
      case GROUP_ID -> "g_" + conversation.getGroupId();
      case ROOM_ID -> "r_" + conversation.getRoomId();
      default -> "u_" + userId;
    };
  }

  private static Content content(ReceiveInfo info) {
    return switch (info.getDataCase()) {
      case PRIVATE_MESSAGE -> info.getPrivateMessage().getContent();
      case GROUP_MESSAGE -> info.getGroupMessage().getContent();
      case SYSTEM_MESSAGE -> info.getSystemMessage().getContent();
      case ROOM_MESSAGE -> info.getRoomMessage().getContent();
      default -> Content.getDefaultInstance();
    };
  }

  private static List<String> keys(Content content) {
    List<String> keys = new ArrayList<>();
    if (content.getMessageId() != 0) keys.add(String.valueOf(content.getMessageId()));
    if (!content.getClientMessageId().isEmpty()) keys.add(content.getClientMessageId());
    return keys;
  }
}
