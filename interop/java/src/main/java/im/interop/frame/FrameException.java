package im.interop.frame;

/** Bytes that are no frame, or one that this reader does not know. */
public class FrameException extends Exception {
  public FrameException(String message) {
    super(message);
  }
}
