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
 * A service that asks an IM server to push messages. Reads each ReceiveInfo as a line of JSON, sends it, and prints the topic and RocketMQ's message
 * id.
 *
 * <pre>java -cp 'target/classes:target/lib/*' im.interop.rocketmq.ProduceReceiveInfo 127.0.0.1:8081 1 &lt; lines.json</pre>
 *
 * The second argument is the id of the IM server. See {@link ReceiveInfoMessage} for the mapping.
 */
public final class ProduceReceiveInfo {
  public static void main(String[] args) throws Exception {
    if (args.length != 2) throw new IllegalArgumentException("expected arguments: endpoint, id of the IM server");
    ClientServiceProvider provider = ClientServiceProvider.loadService();
    ClientConfiguration configuration = ClientConfiguration.newBuilder().setEndpoints(args[0]).enableSsl(false).build();
    ReceiveInfoMessage messages = new ReceiveInfoMessage(provider, args[1]);
    try (Producer producer = provider.newProducerBuilder().setClientConfiguration(configuration).build();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ReceiveInfo.Builder info = ReceiveInfo.newBuilder();
        JsonFormat.parser().merge(line, info);
        var message = messages.of(info.build());
        // One after the other: concurrent sends are not ordered, even within a message group.
        System.out.println(message.getTopic() + " " + producer.send(message).getMessageId());
      }
    }
  }
}
