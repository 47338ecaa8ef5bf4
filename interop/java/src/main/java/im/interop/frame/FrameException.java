package im.interop.frame;

/** Invalid bytes, or a frame that this reader does not support. */
public class FrameException extends Exception {
  public FrameException(String message) {
    super(message);
  }
}
