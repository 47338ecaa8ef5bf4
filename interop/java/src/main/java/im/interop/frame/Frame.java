package im.interop.frame;

import java.nio.ByteBuffer;

/**
 * A frame: an eight-byte header and a protobuf message. Outside of connections (RocketMQ, logs, captures), any known version is valid, and frames
 * are not compressed.
 *
 * <pre>
 * offset  size  field
 * 0       4     length   big-endian, the number of bytes that follow
 * 4       1     version  protocol version
 * 5       1     type     the message type of the payload
 * 6       2     flags    big-endian
 * 8             payload
 * </pre>
 */
public record Frame(int version, int type, int flags, ByteBuffer payload) {
  public static final int HEADER_BYTES = 8;

  /** Frame types. */
  public static final int RECEIVE_INFO = 8;
  public static final int SEND_RESULT = 9;

  /** The newest protocol version of the .proto files. */
  public static final int NEWEST_VERSION = 2;

  /** Critical flags: if an unknown one is set, the frame is UNSUPPORTED_FLAGS. 0x0001 marks compressed payloads, which only occur on connections. */
  private static final int REFUSED_FLAGS = 0x00FD;

  /**
   * Reads a body with exactly one frame.
   *
   * @throws FrameException if it is not a valid frame for RocketMQ.
   */
  public static Frame read(ByteBuffer body) throws FrameException {
    // A separate view: big-endian, without moving the caller's position.
    ByteBuffer bytes = body.slice();
    if (bytes.remaining() < HEADER_BYTES) throw new FrameException("got " + bytes.remaining() + " bytes, expected a header of 8");
    int length = bytes.getInt();
    if (length != bytes.remaining()) throw new FrameException("length says " + length + " bytes, got " + bytes.remaining());
    int version = Byte.toUnsignedInt(bytes.get());
    int type = Byte.toUnsignedInt(bytes.get());
    int flags = Short.toUnsignedInt(bytes.getShort());
    if (version < 1 || version > NEWEST_VERSION) throw new FrameException("version " + version + ", known are 1 to " + NEWEST_VERSION);
    if ((flags & REFUSED_FLAGS) != 0) throw new FrameException(String.format("flags 0x%04X, unsupported are 0x%04X", flags, flags & REFUSED_FLAGS));
    return new Frame(version, type, flags, bytes.slice());
  }

  /** Writes a frame of version 1 without flags. */
  public static byte[] write(int type, byte[] payload) {
    return ByteBuffer.allocate(HEADER_BYTES + payload.length)
        .putInt(4 + payload.length)
        .put((byte) 1)
        .put((byte) type)
        .putShort((short) 0)
        .put(payload)
        .array();
  }
}
