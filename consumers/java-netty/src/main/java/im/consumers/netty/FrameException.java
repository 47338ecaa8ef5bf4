package im.consumers.netty;

import io.netty.handler.codec.DecoderException;

/** Bytes that a reader refuses. The code is a name of the enum ErrorCode. */
public final class FrameException extends DecoderException {
  private final String code;

  public FrameException(String code, String text) {
    super("[" + code + "] " + text);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
