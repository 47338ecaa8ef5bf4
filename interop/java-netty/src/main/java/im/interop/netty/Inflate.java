package im.interop.netty;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The payload of a COMPRESSED frame. */
final class Inflate {
  /** Inflates exactly one raw DEFLATE stream, with a size limit. */
  static byte[] inflate(byte[] payload, int maxBytes) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(payload);
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      byte[] chunk = new byte[8192];
      while (!inflater.finished()) {
        int size = inflater.inflate(chunk);
        if (size == 0 && !inflater.finished()) throw new FrameException("MALFORMED_PAYLOAD", "incomplete DEFLATE stream");
        plain.write(chunk, 0, size);
        if (plain.size() > maxBytes) throw new FrameException("DECOMPRESSED_TOO_LARGE", "limit " + maxBytes);
      }
      if (inflater.getRemaining() > 0) throw new FrameException("MALFORMED_PAYLOAD", inflater.getRemaining() + " bytes after the DEFLATE stream");
      return plain.toByteArray();
    } catch (DataFormatException error) {
      throw new FrameException("MALFORMED_PAYLOAD", String.valueOf(error.getMessage()));
    } finally {
      inflater.end();
    }
  }
}
