package im.interop.netty;

import com.google.protobuf.Message;

/** A received message with its header. */
public record Frame(int version, int type, int flags, Message message) {
  public static final int HEADER_BYTES = 8;
  public static final int DEFAULT_MAX_FRAME_BYTES = 1_048_576;
  /** The limit before the Welcome, or before LOGIN is accepted. */
  public static final int HANDSHAKE_MAX_FRAME_BYTES = 16_384;
  /** The maximum frame size of the protocol: the length is below 2^24. */
  public static final int LARGEST_FRAME_BYTES = 16_777_219;

  /** The newest version that is read. */
  public static final int NEWEST_VERSION = 2;

  /** The version that connections use. */
  public static final int CONNECTION_VERSION = 1;

  public static final int COMPRESSED = 0x0001;
  public static final int IGNORABLE = 0x0002;
  /** Critical flags; unknown other flags are ignored. */
  public static final int CRITICAL_FLAGS = 0x00FF;
}
