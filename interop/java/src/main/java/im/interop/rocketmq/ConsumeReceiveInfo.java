package im.interop.rocketmq;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import im.interop.frame.Frame;
import im.interop.frame.FrameException;
import im.protocol.v1.ReceiveInfo;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.FilterExpressionType;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;

/**
 * A service that consumes the messages from the platform to an IM server, and prints each ReceiveInfo as a line of JSON until it is stopped.
 *
 * <pre>java -cp 'target/classes:target/lib/*' im.interop.rocketmq.ConsumeReceiveInfo 127.0.0.1:8081 im_service_audit im_message_private_1</pre>
 *
 * The consumer group must exist and be orderly: RocketMQ only keeps the order of a conversation for such groups.
 */
public final class ConsumeReceiveInfo {
  private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();
  /** JSON is always UTF-8, regardless of the locale. */
  private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  public static void main(String[] args) throws Exception {
    if (args.length < 3) throw new IllegalArgumentException("expected arguments: endpoint, consumer group, topics");
    // The broker filters by properties. All consumers of a group need the same filter.
    FilterExpression wanted = new FilterExpression("im_type = '" + Frame.RECEIVE_INFO + "'", FilterExpressionType.SQL92);
    PushConsumer consumer =
        ClientServiceProvider.loadService()
            .newPushConsumerBuilder()
            .setClientConfiguration(ClientConfiguration.newBuilder().setEndpoints(args[0]).enableSsl(false).build())
            .setConsumerGroup(args[1])
            .setSubscriptionExpressions(Arrays.stream(args).skip(2).collect(Collectors.toMap(Function.identity(), topic -> wanted)))
            .setMessageListener(ConsumeReceiveInfo::consume)
            .build();
    System.err.println("consuming");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(consumer)));
    Thread.currentThread().join();
  }

  /** Delivery is at least once: a service may need to drop duplicates by message_id. */
  private static ConsumeResult consume(MessageView message) {
    try {
      OUT.println(JSON.print(receiveInfo(message)));
    } catch (FrameException | InvalidProtocolBufferException error) {
      // Invalid: reported and acknowledged, since a retry would fail, too.
      System.err.println(message.getTopic() + ", " + message.getMessageId() + ": " + error.getMessage());
    }
    return ConsumeResult.SUCCESS;
  }

  /** The body is enough to decode the message; properties, tag and keys are for filters and operators. */
  static ReceiveInfo receiveInfo(MessageView message) throws FrameException, InvalidProtocolBufferException {
    Frame frame = Frame.read(message.getBody());
    if (frame.type() != Frame.RECEIVE_INFO) throw new FrameException("type " + frame.type() + ", expected 8 (ReceiveInfo)");
    return ReceiveInfo.parseFrom(frame.payload());
  }

  private static void close(PushConsumer consumer) {
    try {
      consumer.close();
    } catch (Exception error) {
      System.err.println(error);
    }
  }
}
