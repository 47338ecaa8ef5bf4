package im.interop.netty;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import im.protocol.v1.Command;
import im.protocol.v1.ErrorCode;
import im.protocol.v1.ErrorInfo;
import im.protocol.v1.Hello;
import im.protocol.v1.PrivateMessage;
import im.protocol.v1.SendInfo;
import im.protocol.v1.SessionInfo;
import im.protocol.v1.Terminal;
import im.protocol.v1.Welcome;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/** The server's side of a connection. */
final class ServerHandler extends SimpleChannelInboundHandler<Frame> {
  private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();
  /** Short, for tests. */
  private static final int HEARTBEAT_INTERVAL_MS = 1000;

  private final FrameSplitter splitter;
  private final FrameReader reader;
  private boolean isGreeted;
  private long userId;
  private int sequence;
  private long messageId;

  ServerHandler(FrameSplitter splitter, FrameReader reader) {
    this.splitter = splitter;
    this.reader = reader;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame frame) throws Exception {
    Out.println(frame.message().getDescriptorForType().getName() + " " + JSON.print(frame.message()));
    if (frame.message() instanceof Hello hello && !isGreeted) greet(ctx, hello);
    else if (frame.message() instanceof SendInfo info && isGreeted) receive(ctx, info);
    else ctx.close();
  }

  private void greet(ChannelHandlerContext ctx, Hello hello) {
    Welcome offer =
        Welcome.newBuilder()
            .addVersions(Frame.CONNECTION_VERSION)
            .setMaxFrameBytes(Frame.DEFAULT_MAX_FRAME_BYTES)
            .setHeartbeatIntervalMs(HEARTBEAT_INTERVAL_MS)
            .setServerTimeMs(System.currentTimeMillis())
            .setConnectionId(ctx.channel().id().asShortText())
            .build();
    Message answer = Handshake.answer(hello, offer);
    var written = ctx.writeAndFlush(answer);
    if (answer instanceof Welcome welcome) {
      isGreeted = true;
      reader.agree(welcome.getVersion(), false);
    } else written.addListener(ChannelFutureListener.CLOSE);
  }

  private void receive(ChannelHandlerContext ctx, SendInfo info) {
    Command command = info.getCmd();
    if (command == Command.COMMAND_HEARTBEAT) reply(ctx, info, SendInfo.newBuilder().setHeartbeat(info.getHeartbeat()));
    else if (command == Command.COMMAND_LOGIN) login(ctx, info);
    else if (userId == 0) refuse(ctx, info, ErrorCode.ERROR_CODE_LOGIN_REQUIRED);
    else if (command == Command.COMMAND_PRIVATE_MESSAGE) deliver(ctx, info);
    else if (command != Command.COMMAND_SEND_RESULT) refuse(ctx, info, ErrorCode.ERROR_CODE_UNSUPPORTED_COMMAND);
  }

  /** In this example, the token is the user id. */
  private void login(ChannelHandlerContext ctx, SendInfo info) {
    String token = info.getLogin().getAccessToken();
    if (!token.matches("[1-9][0-9]{0,17}")) {
      refuse(ctx, info, ErrorCode.ERROR_CODE_UNAUTHENTICATED);
      return;
    }
    userId = Long.parseLong(token);
    // The limit for larger frames applies now: "A server takes frames of at most 16,384 bytes until it has accepted LOGIN".
    splitter.setMaxFrameBytes(Frame.DEFAULT_MAX_FRAME_BYTES);
    SessionInfo session = SessionInfo.newBuilder().setUserId(userId).setTerminal(Terminal.TERMINAL_APP).setSessionId("netty").build();
    reply(ctx, info, SendInfo.newBuilder().setSession(session));
  }

  private void deliver(ChannelHandlerContext ctx, SendInfo info) {
    PrivateMessage message = info.getPrivateMessage();
    if (message.getSender().getUserId() != userId) {
      refuse(ctx, info, ErrorCode.ERROR_CODE_PERMISSION_DENIED);
      return;
    }
    messageId++;
    ctx.writeAndFlush(Messages.success(info, messageId));
    var content = message.getContent().toBuilder().setMessageId(messageId);
    SendInfo echo = Messages.privateMessage(message.toBuilder().setContent(content).build());
    ctx.writeAndFlush(echo.toBuilder().setSequence(++sequence).build());
  }

  private void reply(ChannelHandlerContext ctx, SendInfo request, SendInfo.Builder reply) {
    ctx.writeAndFlush(reply.setCmdValue(request.getCmdValue()).setReplyTo(request.getSequence()).build());
  }

  /** "Before LOGIN every error closes." */
  private void refuse(ChannelHandlerContext ctx, SendInfo request, ErrorCode code) {
    // By number: getCmd() returns UNRECOGNIZED for an unknown command, which cannot be set.
    ErrorInfo error = ErrorInfo.newBuilder().setCode(code).setCommandValue(request.getCmdValue()).build();
    SendInfo reply = SendInfo.newBuilder().setCmd(Command.COMMAND_ERROR).setReplyTo(request.getSequence()).setError(error).build();
    var written = ctx.writeAndFlush(reply);
    if (userId == 0) written.addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    System.err.println(error);
    ctx.close();
  }
}
