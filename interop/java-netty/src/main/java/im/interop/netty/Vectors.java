package im.interop.netty;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import im.protocol.v1.Hello;
import im.protocol.v1.Reject;
import im.protocol.v1.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Answers test vectors, for <code>im-protocol vectors</code>: one line of JSON per request and answer. Uses the same handlers as a connection.
 *
 * <pre>im-protocol vectors --no-rules --protobuf -- java -cp 'target/classes:target/lib/*' im.interop.netty.Vectors</pre>
 */
public final class Vectors {
  private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();
  private static final Gson GSON = new Gson();

  public static void main(String[] args) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Out.println(answer(JsonParser.parseString(line).getAsJsonObject()).toString());
    }
  }

  private static JsonObject answer(JsonObject request) throws IOException {
    JsonObject answer;
    try {
      answer =
          switch (request.get("op").getAsString()) {
            case "decode" -> object("frame", json(single(outcomes(request, 0))));
            case "decodeStream" -> object("outcomes", json(outcomes(request, request.get("chunkBytes").getAsInt())));
            case "encode" -> object("hex", encode(request.getAsJsonObject("frame")));
            case "reencode" -> object("hex", reencode(request));
            case "negotiate" -> negotiate(request);
            case "check" -> object("agreement", check(request));
            default -> object("skip", request.get("op"));
          };
    } catch (FrameException error) {
      answer = object("error", json(error));
    } catch (InvalidProtocolBufferException error) {
      // An Any of an unknown type, or unknown fields, which have no ProtoJSON here.
      answer = object("skip", GSON.toJsonTree(error.getMessage()));
    }
    answer.add("id", request.get("id"));
    return answer;
  }

  /** The outcomes in order: {@link Frame} or {@link FrameException}. */
  private static List<Object> outcomes(JsonObject request, int chunkBytes) {
    JsonObject settings = request.getAsJsonObject("settings");
    int maxFrameBytes = settings.has("maxFrameBytes") ? settings.get("maxFrameBytes").getAsInt() : Frame.DEFAULT_MAX_FRAME_BYTES;
    FrameReader reader = new FrameReader(maxFrameBytes);
    boolean deflate = settings.has("features") && settings.get("features").toString().contains("\"deflate\"");
    reader.agree(settings.has("version") ? settings.get("version").getAsInt() : 0, deflate);
    Collector collector = new Collector();
    EmbeddedChannel channel = new EmbeddedChannel(new FrameSplitter(maxFrameBytes), reader, collector);
    byte[] bytes = HexFormat.of().parseHex(request.get("hex").getAsString());
    int step = chunkBytes == 0 ? Math.max(bytes.length, 1) : chunkBytes;
    for (int at = 0; at < bytes.length; at += step) channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
    channel.finish();
    return collector.outcomes;
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    final List<Object> outcomes = new ArrayList<>();
    private boolean isBroken;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      outcomes.add(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) throws Exception {
      if (!(error instanceof FrameException refused)) throw new AssertionError(error);
      // Only the first error counts: the splitter repeats it for later bytes.
      if (!isBroken) outcomes.add(refused);
      isBroken |= refused.breaksStream();
    }
  }

  /** The only frame in the bytes. */
  private static Frame single(List<Object> outcomes) {
    if (outcomes.isEmpty()) throw new FrameException("TRUNCATED", "no frame");
    if (outcomes.get(0) instanceof FrameException error) throw error;
    if (outcomes.size() > 1) throw new FrameException("MALFORMED_PAYLOAD", "bytes after the frame");
    return (Frame) outcomes.get(0);
  }

  private static JsonElement encode(JsonObject json) throws IOException {
    return hex(parse(json.get("message"), MessageTypes.builder(json.get("type").getAsString())), json.get("version").getAsInt(), json.get("flags").getAsInt());
  }

  private static JsonElement reencode(JsonObject request) throws IOException {
    Frame frame = single(outcomes(request, 0));
    return hex(frame.message(), frame.version(), frame.flags());
  }

  private static JsonObject negotiate(JsonObject request) throws IOException {
    // The options of the server have the names of Welcome's fields.
    Welcome server = (Welcome) parse(request.get("server"), Welcome.newBuilder());
    Message answer = Handshake.answer((Hello) parse(request.get("hello"), Hello.newBuilder()), server);
    return object(answer instanceof Welcome ? "welcome" : "reject", json(answer));
  }

  private static JsonElement check(JsonObject request) throws IOException {
    Hello hello = (Hello) parse(request.get("hello"), Hello.newBuilder());
    if (request.has("reject")) throw Handshake.refusal(hello, (Reject) parse(request.get("reject"), Reject.newBuilder()));
    String subprotocol = request.has("subprotocol") ? request.get("subprotocol").getAsString() : null;
    return GSON.toJsonTree(Handshake.check(hello, (Welcome) parse(request.get("welcome"), Welcome.newBuilder()), subprotocol));
  }

  private static Message parse(JsonElement json, Message.Builder builder) throws InvalidProtocolBufferException {
    JsonFormat.parser().merge(json.toString(), builder);
    return builder.build();
  }

  private static JsonArray json(List<Object> outcomes) throws InvalidProtocolBufferException {
    JsonArray list = new JsonArray();
    for (Object outcome : outcomes) {
      if (outcome instanceof FrameException error) list.add(object(error.breaksStream() ? "break" : "invalid", json(error)));
      else list.add(object("frame", json((Frame) outcome)));
    }
    return list;
  }

  private static JsonElement json(Frame frame) throws InvalidProtocolBufferException {
    JsonObject json = new JsonObject();
    json.addProperty("version", frame.version());
    json.addProperty("type", frame.message().getDescriptorForType().getName());
    json.addProperty("flags", frame.flags());
    json.add("message", json(frame.message()));
    return json;
  }

  private static JsonElement json(Message message) throws InvalidProtocolBufferException {
    return JsonParser.parseString(JSON.print(message));
  }

  private static JsonElement json(FrameException error) {
    return object("code", GSON.toJsonTree(error.code()));
  }

  private static JsonObject object(String key, JsonElement value) {
    JsonObject object = new JsonObject();
    object.add(key, value);
    return object;
  }

  private static JsonElement hex(Message message, int version, int flags) throws IOException {
    ByteBuf frame = Unpooled.buffer();
    FrameWriter.write(message, version, flags & ~Frame.COMPRESSED, frame);
    return GSON.toJsonTree(ByteBufUtil.hexDump(frame));
  }
}
