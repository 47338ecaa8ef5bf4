package im.interop.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A small server: answers Hello, LOGIN and heartbeats, accepts private messages, and pushes each back to its sender. It listens on 127.0.0.1 until its
 * standard input ends. It prints the port in the first line, and each received message in another.
 *
 * <pre>java -cp 'target/classes:target/lib/*' im.interop.netty.ImServer</pre>
 */
public final class ImServer {
  public static void main(String[] args) throws InterruptedException, IOException {
    var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class).childHandler(new Pipeline());
      Channel server = bootstrap.bind("127.0.0.1", 0).sync().channel();
      Out.println(String.valueOf(((InetSocketAddress) server.localAddress()).getPort()));
      while (System.in.read() >= 0) continue;
    } finally {
      group.shutdownGracefully();
    }
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      FrameSplitter splitter = new FrameSplitter(Frame.HANDSHAKE_MAX_FRAME_BYTES);
      FrameReader reader = new FrameReader(Frame.DEFAULT_MAX_FRAME_BYTES);
      channel.pipeline().addLast(splitter, reader, new FrameWriter(), new ServerHandler(splitter, reader));
    }
  }
}
