package im.interop.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.List;

/**
 * Splits a stream into frames, including headers. The first half of reading frames; see FrameReader for the second.
 *
 * <pre>
 * offset  size  field
 * 0       4     length   big-endian, the number of bytes that follow
 * 4       1     version  protocol version; 0 = handshake
 * 5       1     type     the message type of the payload
 * 6       2     flags    big-endian
 * 8             payload
 * </pre>
 *
 * Based on Netty's LengthFieldBasedFrameDecoder, with the checks that it lacks: a minimum length, and an error for a frame that is too large, which
 * Netty would skip. On a WebSocket, add Netty's frame aggregator before it.
 */
public final class FrameSplitter extends LengthFieldBasedFrameDecoder {
  private int maxFrameBytes;

  public FrameSplitter(int maxFrameBytes) {
    super(Frame.LARGEST_FRAME_BYTES, 0, 4, 0, 0);
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Sets the maximum frame size, which is larger after the handshake. */
  public void setMaxFrameBytes(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  protected Object decode(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
    checkFraming(in, in.readerIndex(), in.readableBytes());
    return super.decode(ctx, in);
  }

  /** Checks the framing as soon as possible, so that no invalid frame is buffered. */
  private void checkFraming(ByteBuf in, int at, int there) {
    if (there >= 1 && in.getByte(at) != 0) throw new FrameException("FOREIGN_PROTOCOL", "expected 0 as the first byte of a frame, got " + in.getByte(at));
    if (there < 4) return;
    long length = in.getUnsignedInt(at);
    if (length < 4) throw new FrameException("FRAME_TOO_SHORT", "length " + length + ", expected at least 4");
    if (4 + length > maxFrameBytes) throw new FrameException("FRAME_TOO_LARGE", "frame of " + (4 + length) + " bytes, limit " + maxFrameBytes);
    if (there >= 5 && (in.getByte(at + 4) == '{' || in.getByte(at + 4) == '['))
      throw new FrameException("FOREIGN_PROTOCOL", "JSON text after a length: the legacy form");
  }

  /** At the end of the stream. */
  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    super.decodeLast(ctx, in, out);
    if (in.isReadable()) throw new FrameException("TRUNCATED", "the stream ended inside a frame, after " + in.readableBytes() + " bytes");
  }
}
