package im.interop.netty;

import com.google.protobuf.Message;
import im.protocol.v1.Command;
import im.protocol.v1.Content;
import im.protocol.v1.HeartbeatInfo;
import im.protocol.v1.Hello;
import im.protocol.v1.PrivateMessage;
import im.protocol.v1.SendInfo;
import im.protocol.v1.Terminal;
import im.protocol.v1.TextContent;
import im.protocol.v1.UserInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;

/** Writes a Hello, a private message and a heartbeat as frames to standard output. */
public final class WriteFrames {
  private static final List<Message> MESSAGES =
      List.of(
          Hello.newBuilder().addVersions(1).setAgent("interop").build(),
          SendInfo.newBuilder()
              .setCmd(Command.COMMAND_PRIVATE_MESSAGE)
              .setSequence(7)
              .setPrivateMessage(
                  PrivateMessage.newBuilder()
                      .setSender(UserInfo.newBuilder().setUserId((1L << 53) + 1).setTerminal(Terminal.TERMINAL_APP))
                      .setReceiverId(Long.MAX_VALUE)
                      .setContent(Content.newBuilder().setClientMessageId("c1").setText(TextContent.newBuilder().setText("你好"))))
              .build(),
          SendInfo.newBuilder()
              .setCmd(Command.COMMAND_HEARTBEAT)
              .setSequence(8)
              .setHeartbeat(HeartbeatInfo.newBuilder().setSentAtMs(1767225600000L))
              .build());

  public static void main(String[] args) throws IOException {
    ByteBuf out = Unpooled.buffer();
    for (Message message : MESSAGES) FrameWriter.write(message, Frame.CONNECTION_VERSION, 0, out);
    out.readBytes(System.out, out.readableBytes());
    System.out.flush();
  }
}
