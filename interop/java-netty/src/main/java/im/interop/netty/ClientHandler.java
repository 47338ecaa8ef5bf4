package im.interop.netty;

import com.google.protobuf.util.JsonFormat;
import im.protocol.v1.Command;
import im.protocol.v1.Hello;
import im.protocol.v1.PrivateMessage;
import im.protocol.v1.Reject;
import im.protocol.v1.SendInfo;
import im.protocol.v1.SessionInfo;
import im.protocol.v1.UserInfo;
import im.protocol.v1.Welcome;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The client's side of a connection. */
final class ClientHandler extends SimpleChannelInboundHandler<Frame> {
  private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();
  private static final Hello HELLO =
      Hello.newBuilder().addVersions(Frame.CONNECTION_VERSION).setMaxFrameBytes(Frame.DEFAULT_MAX_FRAME_BYTES).setAgent("java-netty").build();
  /** Exits after this many. */
  private final Set<Command> awaited =
      EnumSet.of(Command.COMMAND_HEARTBEAT, Command.COMMAND_SEND_RESULT, Command.COMMAND_PRIVATE_MESSAGE);

  private final FrameSplitter splitter;
  private final FrameReader reader;
  private final String token;
  private final PrivateMessage message;
  private int sequence;

  ClientHandler(FrameSplitter splitter, FrameReader reader, String token, PrivateMessage message) {
    this.splitter = splitter;
    this.reader = reader;
    this.token = token;
    this.message = message;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(HELLO);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame frame) throws Exception {
    Out.println(frame.message().getDescriptorForType().getName() + " " + JSON.print(frame.message()));
    if (frame.message() instanceof Welcome welcome) welcome(ctx, welcome);
    else if (frame.message() instanceof SendInfo info) receive(ctx, info);
    else if (frame.message() instanceof Reject reject) throw Handshake.refusal(HELLO, reject);
    // Not valid on a connection.
    else ctx.close();
  }

  private void welcome(ChannelHandlerContext ctx, Welcome welcome) {
    Handshake.Agreement agreed = Handshake.check(HELLO, welcome, null);
    reader.agree(agreed.version(), agreed.features().contains("deflate"));
    splitter.setMaxFrameBytes(HELLO.getMaxFrameBytes());
    request(ctx, Messages.login(token));
    long interval = agreed.heartbeatIntervalMs();
    long first = ThreadLocalRandom.current().nextLong(interval);
    Runnable beat = () -> request(ctx, Messages.heartbeat(System.currentTimeMillis()));
    var beats = ctx.executor().scheduleAtFixedRate(beat, first, interval, TimeUnit.MILLISECONDS);
    ctx.channel().closeFuture().addListener(closed -> beats.cancel(false));
  }

  private void receive(ChannelHandlerContext ctx, SendInfo info) {
    if (info.getCmd() == Command.COMMAND_LOGIN) {
      SessionInfo session = info.getSession();
      UserInfo sender = UserInfo.newBuilder().setUserId(session.getUserId()).setTerminal(session.getTerminal()).build();
      request(ctx, Messages.privateMessage(message.toBuilder().setSender(sender).build()));
    }
    // "any push with a sequence -> the client's SEND_RESULT SUCCESS once the application has it"
    if (info.getCmd() == Command.COMMAND_PRIVATE_MESSAGE && info.getSequence() != 0) {
      ctx.writeAndFlush(Messages.success(info, info.getPrivateMessage().getContent().getMessageId()));
    }
    awaited.remove(info.getCmd());
    if (awaited.isEmpty() || info.getCmd() == Command.COMMAND_ERROR) ctx.close();
  }

  /** Sends a request. Its reply has the sequence as reply_to. */
  private void request(ChannelHandlerContext ctx, SendInfo info) {
    ctx.writeAndFlush(info.toBuilder().setSequence(++sequence).build());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    System.err.println(error);
    ctx.close();
  }
}
