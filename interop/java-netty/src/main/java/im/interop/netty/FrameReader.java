package im.interop.netty;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import im.protocol.v1.Command;
import im.protocol.v1.LoginInfo;
import im.protocol.v1.SendInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import java.util.List;

/**
 * Decodes a {@link Frame} from each buffer of {@link FrameSplitter}. An invalid frame is an exception in the pipeline, and the stream continues. Field
 * rules (docs/reference.md) are not checked.
 */
public final class FrameReader extends MessageToMessageDecoder<ByteBuf> {
  private final int maxFrameBytes;
  private int agreedVersion;
  private boolean deflate;

  /** @param maxFrameBytes the maximum size of a compressed frame after inflating. */
  public FrameReader(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Sets the negotiated options. Before that, and outside of connections (RocketMQ, logs, captures), any known version is accepted. */
  public void agree(int version, boolean deflate) {
    this.agreedVersion = version;
    this.deflate = deflate;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    in.skipBytes(4);
    int version = in.readUnsignedByte();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedShort();
    checkHeader(version, type, flags);
    boolean isCompressed = (flags & Frame.COMPRESSED) != 0;
    byte[] payload = ByteBufUtil.getBytes(in);
    Message message = parse(type, isCompressed ? Inflate.inflate(payload, maxFrameBytes - Frame.HEADER_BYTES) : payload);
    if (isCompressed && carriesToken(message)) throw new FrameException("NOT_NEGOTIATED", "LOGIN is never compressed");
    out.add(new Frame(version, type, flags, message));
  }

  private void checkHeader(int version, int type, int flags) {
    boolean isKnown = MessageTypes.isKnown(type);
    boolean isHandshake = version == 0;
    if (isKnown && MessageTypes.isHandshake(type) != isHandshake)
      throw new FrameException("UNSUPPORTED_TYPE", "type " + type + " does not go with version " + version);
    if (!isHandshake && (agreedVersion == 0 ? version > Frame.NEWEST_VERSION : version != agreedVersion))
      throw new FrameException("UNSUPPORTED_VERSION", "version " + version);
    // A type of a later version is unknown.
    if (!isKnown || (version == 1 && MessageTypes.isOfVersion2(type))) throw new FrameException("UNSUPPORTED_TYPE", "type " + type + " is unknown");
    int unknown = flags & Frame.CRITICAL_FLAGS & ~(isHandshake ? 0 : Frame.COMPRESSED | Frame.IGNORABLE);
    if (unknown != 0) throw new FrameException("UNSUPPORTED_FLAGS", String.format("flag bits 0x%04x", unknown));
    if ((flags & Frame.COMPRESSED) != 0 && !deflate) throw new FrameException("NOT_NEGOTIATED", "compressed frame, but deflate was not negotiated");
  }

  private static Message parse(int type, byte[] payload) {
    try {
      return MessageTypes.parser(type).parseFrom(payload);
    } catch (InvalidProtocolBufferException error) {
      throw new FrameException("MALFORMED_PAYLOAD", error.getMessage());
    }
  }

  private static boolean carriesToken(Message message) {
    return message instanceof LoginInfo || (message instanceof SendInfo info && info.getCmd() == Command.COMMAND_LOGIN);
  }
}
