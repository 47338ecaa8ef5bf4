package im.interop.rules;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.Violation;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks messages by protovalidate. A line of the input is the full name of a message and its bytes in base64; a line of the output is a JSON
 * array with the path of each violation. A path is an array of [field, subscript or null].
 */
public final class CheckRules {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final Validator VALIDATOR = ValidatorFactory.newBuilder().build();
  private static final Map<String, Parser<? extends Message>> PARSERS = new HashMap<>();

  public static void main(String[] args) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write(GSON.toJson(answer(line)));
        out.write('\n');
      }
    }
  }

  private static Object answer(String line) {
    try {
      int space = line.indexOf(' ');
      Message message = parser(line.substring(0, space)).parseFrom(Base64.getDecoder().decode(line.substring(space + 1)));
      return VALIDATOR.validate(message).getViolations().stream().map(CheckRules::path).toList();
    } catch (Exception e) {
      return Map.of("error", e.toString());
    }
  }

  /** The generated classes have the names of the messages: all files of the schema declare the package as that of Java too. */
  private static Parser<? extends Message> parser(String name) throws ReflectiveOperationException {
    Parser<? extends Message> parser = PARSERS.get(name);
    if (parser == null) {
      Message instance = (Message) Class.forName(name).getMethod("getDefaultInstance").invoke(null);
      parser = instance.getParserForType();
      PARSERS.put(name, parser);
    }
    return parser;
  }

  private static List<List<String>> path(Violation violation) {
    FieldPath field = violation.toProto().getField();
    List<List<String>> steps = new ArrayList<>();
    for (FieldPathElement element : field.getElementsList()) steps.add(Arrays.asList(element.getFieldName(), subscript(element)));
    return steps;
  }

  private static String subscript(FieldPathElement element) {
    return switch (element.getSubscriptCase()) {
      case INDEX -> Long.toUnsignedString(element.getIndex());
      case BOOL_KEY -> Boolean.toString(element.getBoolKey());
      case INT_KEY -> Long.toString(element.getIntKey());
      case UINT_KEY -> Long.toUnsignedString(element.getUintKey());
      case STRING_KEY -> element.getStringKey();
      case SUBSCRIPT_NOT_SET -> null;
    };
  }

  private CheckRules() {}
}
