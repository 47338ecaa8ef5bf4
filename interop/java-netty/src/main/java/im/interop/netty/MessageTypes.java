package im.interop.netty;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import im.protocol.v1.GroupMessage;
import im.protocol.v1.HeartbeatInfo;
import im.protocol.v1.Hello;
import im.protocol.v1.LoginInfo;
import im.protocol.v1.PrivateMessage;
import im.protocol.v1.ReceiveInfo;
import im.protocol.v1.Reject;
import im.protocol.v1.SendInfo;
import im.protocol.v1.SendResult;
import im.protocol.v1.SessionEvent;
import im.protocol.v1.SessionInfo;
import im.protocol.v1.TopicMessage;
import im.protocol.v1.UplinkInfo;
import im.protocol.v1.UserInfo;
import im.protocol.v1.Welcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The messages of frames, by type. A reader may support only some types. */
final class MessageTypes {
  private static final Map<Integer, Message> TYPES = new HashMap<>();

  static {
    List<Message> models =
        List.of(
            LoginInfo.getDefaultInstance(),
            SessionInfo.getDefaultInstance(),
            UserInfo.getDefaultInstance(),
            HeartbeatInfo.getDefaultInstance(),
            PrivateMessage.getDefaultInstance(),
            GroupMessage.getDefaultInstance(),
            SendInfo.getDefaultInstance(),
            ReceiveInfo.getDefaultInstance(),
            SendResult.getDefaultInstance(),
            TopicMessage.getDefaultInstance(),
            SessionEvent.getDefaultInstance(),
            UplinkInfo.getDefaultInstance());
    for (int i = 0; i < models.size(); i++) TYPES.put(1 + i, models.get(i));
    TYPES.put(64, Hello.getDefaultInstance());
    TYPES.put(65, Welcome.getDefaultInstance());
    TYPES.put(66, Reject.getDefaultInstance());
  }

  static boolean isKnown(int type) {
    return TYPES.containsKey(type);
  }

  /** SessionEvent and UplinkInfo. */
  static boolean isOfVersion2(int type) {
    return type == 11 || type == 12;
  }

  static boolean isHandshake(int type) {
    return type >= 64 && type <= 66;
  }

  static Parser<? extends Message> parser(int type) {
    return TYPES.get(type).getParserForType();
  }

  static int typeOf(Message message) {
    for (var entry : TYPES.entrySet()) if (entry.getValue().getClass() == message.getClass()) return entry.getKey();
    throw new IllegalArgumentException("no frame type for " + message.getDescriptorForType().getName());
  }

  /** A builder for a message by name, for example SendInfo. */
  static Message.Builder builder(String name) {
    for (Message message : TYPES.values()) if (message.getDescriptorForType().getName().equals(name)) return message.newBuilderForType();
    throw new IllegalArgumentException("no frame type for " + name);
  }
}
