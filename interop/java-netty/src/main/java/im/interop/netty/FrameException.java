package im.interop.netty;

import io.netty.handler.codec.DecoderException;
import java.util.Set;

/** Bytes that a reader refuses. The code is a name of the enum ErrorCode. */
public final class FrameException extends DecoderException {
  private static final Set<String> OF_FRAMING = Set.of("FOREIGN_PROTOCOL", "FRAME_TOO_SHORT", "FRAME_TOO_LARGE", "TRUNCATED");

  private final String code;

  public FrameException(String code, String text) {
    super("[" + code + "] " + text);
    this.code = code;
  }

  public String code() {
    return code;
  }

  /** Where the next frame begins cannot be known. Behind any other error the stream goes on. */
  public boolean breaksStream() {
    return OF_FRAMING.contains(code);
  }
}
