package im.interop.netty;

import com.google.protobuf.util.JsonFormat;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;

/**
 * Reads frames from standard input with the same handlers as a connection, and prints a line of JSON for each.
 *
 * <pre>java -cp 'target/classes:target/lib/*' im.interop.netty.ReadFrames &lt; capture.bin</pre>
 */
public final class ReadFrames {
  private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();

  public static void main(String[] args) throws IOException {
    int max = Frame.DEFAULT_MAX_FRAME_BYTES;
    EmbeddedChannel channel = new EmbeddedChannel(new FrameSplitter(max), new FrameReader(max));
    byte[] chunk = new byte[8192];
    for (int size = System.in.read(chunk); size >= 0; size = System.in.read(chunk)) {
      channel.writeInbound(Unpooled.copiedBuffer(chunk, 0, size));
      for (Frame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
        Out.println(frame.message().getDescriptorForType().getName() + " " + JSON.print(frame.message()));
      }
    }
    channel.finish();
  }
}
