// Writes a Hello, a private message and a heartbeat as frames to standard output. For reading, see interop/java-netty.

import com.google.protobuf.MessageLite
import im.protocol.v1.Command
import im.protocol.v1.Terminal
import im.protocol.v1.content
import im.protocol.v1.heartbeatInfo
import im.protocol.v1.hello
import im.protocol.v1.privateMessage
import im.protocol.v1.sendInfo
import im.protocol.v1.textContent
import im.protocol.v1.userInfo
import java.nio.ByteBuffer

// Frame types; docs/wire-format.md lists all.
private const val SEND_INFO = 7
private const val HELLO = 64

private val MESSAGES: List<Pair<Int, MessageLite>> =
  listOf(
    HELLO to hello {
      versions += 1
      agent = "interop"
    },
    SEND_INFO to sendInfo {
      cmd = Command.COMMAND_PRIVATE_MESSAGE
      sequence = 7
      privateMessage = privateMessage {
        sender = userInfo {
          userId = (1L shl 53) + 1
          terminal = Terminal.TERMINAL_APP
        }
        receiverId = Long.MAX_VALUE
        content = content {
          clientMessageId = "c1"
          text = textContent { text = "你好" }
        }
      }
    },
    SEND_INFO to sendInfo {
      cmd = Command.COMMAND_HEARTBEAT
      sequence = 8
      heartbeat = heartbeatInfo { sentAtMs = 1767225600000 }
    },
  )

/** Encodes a frame: an eight-byte header (length, version, type, flags) and the message. */
fun frame(type: Int, message: MessageLite): ByteArray {
  val payload = message.toByteArray()
  val version = if (type == HELLO) 0 else 1
  val header = ByteBuffer.allocate(8).putInt(4 + payload.size).put(version.toByte()).put(type.toByte())
  return header.array() + payload
}

fun main() {
  for ((type, message) in MESSAGES) System.out.write(frame(type, message))
  System.out.flush()
}
