package im.interop.netty;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Standard output in UTF-8, regardless of the locale, flushed after each line. */
final class Out {
  private static final PrintStream STREAM = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

  static synchronized void println(String line) {
    STREAM.print(line + "\n");
    STREAM.flush();
  }
}
