package im.interop.rocketmq;

import com.google.protobuf.util.JsonFormat;
import im.protocol.v1.ReceiveInfo;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.producer.Producer;

/**
 * How to send our frames over RocketMQ in Java: a service that asks an IM server to push messages. It reads each ReceiveInfo as one line of
 * JSON, sends it, and prints the topic and RocketMQ's own message id.
 *
 * <pre>java -cp 'target/classes:target/lib/*' im.interop.rocketmq.ProduceReceiveInfo 127.0.0.1:8081 1 &lt; lines.json</pre>
 *
 * The second argument is the id of the IM server. {@link ReceiveInfoMessage} says what goes where.
 */
public final class ProduceReceiveInfo {
  public static void main(String[] args) throws Exception {
    if (args.length != 2) throw new IllegalArgumentException("wanted: endpoint, id of the IM server");
    ClientServiceProvider provider = ClientServiceProvider.loadService();
    ClientConfiguration configuration = ClientConfiguration.newBuilder().setEndpoints(args[0]).enableSsl(false).build();
    ReceiveInfoMessage messages = new ReceiveInfoMessage(provider, args[1]);
    try (Producer producer = provider.newProducerBuilder().setClientConfiguration(configuration).build();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ReceiveInfo.Builder info = ReceiveInfo.newBuilder();
        JsonFormat.parser().merge(line, info);
        var message = messages.of(info.build());
        // One after the other: what is sent side by side is in no order, whatever its message group.
        System.out.println(message.getTopic() + " " + producer.send(message).getMessageId());
      }
    }
  }
}
