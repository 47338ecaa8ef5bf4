package im.interop.netty;

import im.protocol.v1.Command;
import im.protocol.v1.Content;
import im.protocol.v1.HeartbeatInfo;
import im.protocol.v1.LoginInfo;
import im.protocol.v1.PrivateMessage;
import im.protocol.v1.SendCode;
import im.protocol.v1.SendInfo;
import im.protocol.v1.SendResult;
import im.protocol.v1.TextContent;
import java.util.UUID;

/** Messages that both sides send. */
final class Messages {
  static SendInfo login(String token) {
    return SendInfo.newBuilder().setCmd(Command.COMMAND_LOGIN).setLogin(LoginInfo.newBuilder().setAccessToken(token)).build();
  }

  static SendInfo heartbeat(long nowMs) {
    return SendInfo.newBuilder().setCmd(Command.COMMAND_HEARTBEAT).setHeartbeat(HeartbeatInfo.newBuilder().setSentAtMs(nowMs)).build();
  }

  static PrivateMessage text(long receiverId, String text) {
    // With the same id it may be sent again, and is delivered once.
    Content.Builder content = Content.newBuilder().setClientMessageId(UUID.randomUUID().toString());
    return PrivateMessage.newBuilder().setReceiverId(receiverId).setContent(content.setText(TextContent.newBuilder().setText(text))).build();
  }

  static SendInfo privateMessage(PrivateMessage message) {
    return SendInfo.newBuilder().setCmd(Command.COMMAND_PRIVATE_MESSAGE).setPrivateMessage(message).build();
  }

  /** The reply to a message and the receipt for a push: this side has accepted it. */
  static SendInfo success(SendInfo request, long messageId) {
    SendResult result = SendResult.newBuilder().setCode(SendCode.SEND_CODE_SUCCESS).setCmdValue(request.getCmdValue()).setMessageId(messageId).build();
    return SendInfo.newBuilder().setCmd(Command.COMMAND_SEND_RESULT).setReplyTo(request.getSequence()).setSendResult(result).build();
  }
}
