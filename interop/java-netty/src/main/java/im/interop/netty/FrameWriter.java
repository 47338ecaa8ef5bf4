package im.interop.netty;

import com.google.protobuf.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import java.io.IOException;

/** Encodes messages that are written to the channel as frames, uncompressed and without flags. */
public final class FrameWriter extends MessageToByteEncoder<Message> {
  @Override
  protected void encode(ChannelHandlerContext ctx, Message message, ByteBuf out) throws IOException {
    write(message, Frame.CONNECTION_VERSION, 0, out);
  }

  static void write(Message message, int version, int flags, ByteBuf out) throws IOException {
    int type = MessageTypes.typeOf(message);
    out.writeInt(4 + message.getSerializedSize());
    out.writeByte(MessageTypes.isHandshake(type) ? 0 : version);
    out.writeByte(type);
    out.writeShort(flags);
    try (var stream = new ByteBufOutputStream(out)) {
      message.writeTo(stream);
    }
  }
}
