package im.interop.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.List;

/**
 * How to read our frames in Java, first half: cuts a stream into frames, header included.
 *
 * <pre>
 * offset  size  field
 * 0       4     length   big-endian, the number of bytes behind it
 * 4       1     version  of the protocol; 0 = handshake
 * 5       1     type     which message the payload is
 * 6       2     flags    big-endian
 * 8             payload
 * </pre>
 *
 * Netty's own decoder does the cutting. It counts the whole frame, as we do; but it knows no smallest length, and it skips a frame that is
 * too large and goes on, where for us the connection is over. Behind a WebSocket, Netty's frame aggregator comes before it.
 */
public final class FrameSplitter extends LengthFieldBasedFrameDecoder {
  private int maxFrameBytes;

  public FrameSplitter(int maxFrameBytes) {
    super(Frame.LARGEST_FRAME_BYTES, 0, 4, 0, 0);
    this.maxFrameBytes = maxFrameBytes;
  }

  /** What is accepted from now on: more, once the handshake is done. */
  public void setMaxFrameBytes(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  protected Object decode(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
    checkFraming(in, in.readerIndex(), in.readableBytes());
    return super.decode(ctx, in);
  }

  /** As soon as the bytes are there, so that nothing is buffered for a frame that is refused. */
  private void checkFraming(ByteBuf in, int at, int there) {
    if (there >= 1 && in.getByte(at) != 0) throw new FrameException("FOREIGN_PROTOCOL", "a frame begins with 0, got " + in.getByte(at));
    if (there < 4) return;
    long length = in.getUnsignedInt(at);
    if (length < 4) throw new FrameException("FRAME_TOO_SHORT", "length of a frame: got " + length + ", at least 4");
    if (4 + length > maxFrameBytes) throw new FrameException("FRAME_TOO_LARGE", "frame of " + (4 + length) + " bytes, limit " + maxFrameBytes);
    if (there >= 5 && (in.getByte(at + 4) == '{' || in.getByte(at + 4) == '['))
      throw new FrameException("FOREIGN_PROTOCOL", "JSON text behind a length: the legacy form");
  }

  /** At the end of the stream. */
  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    super.decodeLast(ctx, in, out);
    if (in.isReadable()) throw new FrameException("TRUNCATED", "the stream ended inside a frame, " + in.readableBytes() + " bytes behind its start");
  }
}
