package im.interop.netty;

import com.google.protobuf.Message;
import im.protocol.v1.Command;
import im.protocol.v1.ErrorCode;
import im.protocol.v1.Hello;
import im.protocol.v1.Reject;
import im.protocol.v1.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/** The negotiation of client and server (docs/wire-format.md, section 7). Field rules of Hello and Welcome are not checked. */
final class Handshake {
  /** The digests of the commands that this side knows, by number. */
  private static final Map<Integer, Integer> DIGESTS = new HashMap<>();

  static {
    for (Command command : Command.values()) {
      if (command != Command.UNRECOGNIZED) DIGESTS.put(command.getNumber(), digest(command.name().substring("COMMAND_".length())));
    }
  }

  /** The result of a negotiation, for a client. */
  record Agreement(int version, List<String> features, int maxFrameBytes, int heartbeatIntervalMs) {}

  /** The server's answer: a Welcome; or a Reject, after which it closes. {@code server} is a Welcome with all options of the server. */
  static Message answer(Hello hello, Welcome server) {
    OptionalInt version = choose(hello.getVersionsList(), server.getVersionsList());
    if (version.isEmpty()) return reject(ErrorCode.ERROR_CODE_NO_COMMON_VERSION, server);
    for (var entry : hello.getCommandDigestsMap().entrySet()) {
      Integer own = DIGESTS.get(entry.getKey());
      if (own != null && !own.equals(entry.getValue())) return reject(ErrorCode.ERROR_CODE_COMMAND_CONFLICT, server);
    }
    return server.toBuilder()
        .setVersion(version.getAsInt())
        .clearFeatures()
        .addAllFeatures(common(hello.getFeaturesList(), server.getFeaturesList()))
        .addAllOfferedVersions(hello.getVersionsList())
        .build();
  }

  /** Checks a Welcome. {@code subprotocol}: the server's choice on WebSocket, null over TCP. */
  static Agreement check(Hello hello, Welcome welcome, String subprotocol) {
    // "The client MUST close with DOWNGRADE_DETECTED unless ..."
    OptionalInt chosen = choose(hello.getVersionsList(), welcome.getVersionsList());
    boolean isChoice = chosen.isPresent() && chosen.getAsInt() == welcome.getVersion();
    boolean isEcho = welcome.getOfferedVersionsList().equals(hello.getVersionsList());
    boolean isPicked = subprotocol == null || subprotocol.equals("im") || subprotocol.equals("im.v" + welcome.getVersion());
    if (!isChoice || !isEcho || !isPicked) throw new FrameException("DOWNGRADE_DETECTED", "the Welcome does not match the Hello");
    int max = welcome.getMaxFrameBytes() == 0 ? Frame.DEFAULT_MAX_FRAME_BYTES : welcome.getMaxFrameBytes();
    return new Agreement(welcome.getVersion(), common(hello.getFeaturesList(), welcome.getFeaturesList()), max, welcome.getHeartbeatIntervalMs());
  }

  /** The error for a Reject. */
  static FrameException refusal(Hello hello, Reject reject) {
    ErrorCode code = reject.getCode();
    if (code == ErrorCode.ERROR_CODE_NO_COMMON_VERSION && choose(hello.getVersionsList(), reject.getVersionsList()).isPresent())
      return new FrameException("DOWNGRADE_DETECTED", "the Reject lists an offered version");
    // "An unknown ErrorCode counts as an INTERNAL."
    String name = code == ErrorCode.UNRECOGNIZED ? "INTERNAL" : code.name().substring("ERROR_CODE_".length());
    return new FrameException(name, reject.getMessage());
  }

  /** "V is the highest version, grease excluded, that is in Hello.versions and supported by the server." */
  private static OptionalInt choose(List<Integer> offered, List<Integer> taken) {
    return offered.stream().filter(version -> taken.contains(version) && version % 16 != 10).mapToInt(Integer::intValue).max();
  }

  private static List<String> common(List<String> offered, List<String> taken) {
    return offered.stream().filter(name -> taken.contains(name) && !name.startsWith("grease.")).distinct().toList();
  }

  private static Reject reject(ErrorCode code, Welcome server) {
    return Reject.newBuilder().setCode(code).addAllVersions(server.getVersionsList()).build();
  }

  private static int digest(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.US_ASCII));
    return (int) crc.getValue();
  }
}
