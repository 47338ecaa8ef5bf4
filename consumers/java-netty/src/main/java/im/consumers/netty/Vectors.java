package im.consumers.netty;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Answers test vectors, for <code>im-protocol vectors</code>: a line of JSON in, a line of JSON out. The bytes go through the same handlers as
 * those of a connection.
 *
 * <pre>im-protocol vectors -- java -cp 'target/classes:target/lib/*' im.consumers.netty.Vectors</pre>
 */
public final class Vectors {
  private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();

  public static void main(String[] args) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Out.println(answer(JsonParser.parseString(line).getAsJsonObject()).toString());
    }
  }

  private static JsonObject answer(JsonObject request) throws IOException {
    JsonObject answer = new JsonObject();
    answer.add("id", request.get("id"));
    try {
      switch (request.get("op").getAsString()) {
        case "decode" -> decode(request, answer);
        case "encode" -> encode(request.getAsJsonObject("frame"), answer);
        default -> answer.add("skip", request.get("op"));
      }
    } catch (FrameException error) {
      JsonObject refused = new JsonObject();
      refused.addProperty("code", error.code());
      answer.add("error", refused);
    } catch (InvalidProtocolBufferException error) {
      // Unknown fields, or an Any whose type nobody told: they have no ProtoJSON here.
      answer.addProperty("skip", error.getMessage());
    }
    return answer;
  }

  private static void decode(JsonObject request, JsonObject answer) throws IOException {
    Frame frame = read(HexFormat.of().parseHex(request.get("hex").getAsString()), channel(request.getAsJsonObject("settings")));
    // More than was asked for: npm run interop looks at what comes out again.
    answer.addProperty("hex", hex(frame.message(), frame.flags()));
    JsonObject json = new JsonObject();
    json.addProperty("version", frame.version());
    json.addProperty("type", frame.message().getDescriptorForType().getName());
    json.addProperty("flags", frame.flags());
    json.add("message", JsonParser.parseString(JSON.print(frame.message())));
    answer.add("frame", json);
  }

  private static EmbeddedChannel channel(JsonObject settings) {
    int maxFrameBytes = Frame.DEFAULT_MAX_FRAME_BYTES;
    int version = 0;
    boolean deflate = false;
    if (settings.has("maxFrameBytes")) maxFrameBytes = settings.get("maxFrameBytes").getAsInt();
    if (settings.has("version")) version = settings.get("version").getAsInt();
    if (settings.has("features")) deflate = settings.get("features").toString().contains("\"deflate\"");
    FrameReader reader = new FrameReader(maxFrameBytes);
    reader.agree(version, deflate);
    return new EmbeddedChannel(new FrameSplitter(maxFrameBytes), reader);
  }

  /** The only frame in the bytes. */
  private static Frame read(byte[] bytes, EmbeddedChannel channel) {
    FrameException error = null;
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      channel.finish();
    } catch (FrameException thrown) {
      error = thrown;
    }
    Frame frame = channel.readInbound();
    if (frame == null) throw error != null ? error : new FrameException("TRUNCATED", "no frame");
    if (error != null || channel.readInbound() != null) throw new FrameException("MALFORMED_PAYLOAD", "bytes behind the frame");
    return frame;
  }

  private static void encode(JsonObject json, JsonObject answer) throws IOException {
    Message.Builder builder = MessageTypes.builder(json.get("type").getAsString());
    JsonFormat.parser().merge(json.get("message").toString(), builder);
    answer.addProperty("hex", hex(builder.build(), json.get("flags").getAsInt()));
  }

  private static String hex(Message message, int flags) throws IOException {
    ByteBuf frame = Unpooled.buffer();
    FrameWriter.write(message, flags & ~Frame.COMPRESSED, frame);
    return ByteBufUtil.hexDump(frame);
  }
}
