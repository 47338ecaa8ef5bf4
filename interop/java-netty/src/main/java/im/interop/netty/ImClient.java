package im.interop.netty;

import im.protocol.v1.PrivateMessage;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * A client: sends a Hello, logs in, sends heartbeats and a private message, and exits once that was answered and a message was pushed to it. Prints each
 * received message as a line.
 *
 * <pre>java -cp 'target/classes:target/lib/*' im.interop.netty.ImClient 127.0.0.1 7000 TOKEN RECEIVER_ID TEXT</pre>
 */
public final class ImClient {
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 5) throw new IllegalArgumentException("expected arguments: host, port, token, id of the receiver, text");
    var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      PrivateMessage message = Messages.text(Long.parseLong(args[3]), args[4]);
      Bootstrap bootstrap = new Bootstrap().group(group).channel(NioSocketChannel.class).handler(new Pipeline(args[2], message));
      bootstrap.connect(args[0], Integer.parseInt(args[1])).sync().channel().closeFuture().sync();
    } finally {
      group.shutdownGracefully();
    }
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    private final String token;
    private final PrivateMessage message;

    Pipeline(String token, PrivateMessage message) {
      this.token = token;
      this.message = message;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      FrameSplitter splitter = new FrameSplitter(Frame.HANDSHAKE_MAX_FRAME_BYTES);
      FrameReader reader = new FrameReader(Frame.DEFAULT_MAX_FRAME_BYTES);
      channel.pipeline().addLast(splitter, reader, new FrameWriter(), new ClientHandler(splitter, reader, token, message));
    }
  }
}
