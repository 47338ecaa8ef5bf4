package im.interop.netty;

import io.netty.handler.codec.DecoderException;
import java.util.Set;

/** Invalid bytes. The code is a name of the enum ErrorCode. */
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

  /** Whether the error breaks the framing: then the position of the next frame is unknown. After other errors the stream continues. */
  public boolean breaksStream() {
    return OF_FRAMING.contains(code);
  }
}
