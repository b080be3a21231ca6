package events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/** Reads lists of a pattern and its events from a file, and writes for each event whether the rule matches it. */
public final class Matcher {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(final String[] args) throws Exception {
        final List<List<Boolean>> answers = new ArrayList<>();
        for (final JsonNode rule : JSON.readTree(Files.readString(Path.of(args[0])))) {
            answers.add(match(rule.get("pattern").toString(), rule.get("events")));
        }
        Files.writeString(Path.of(args[1]), JSON.writeValueAsString(answers));
    }

    private static List<Boolean> match(final String pattern, final JsonNode events) throws Exception {
        final String refusal = JsonRuleCompiler.check(pattern);
        if (refusal != null) {
            throw new IllegalArgumentException(refusal + ": " + pattern);
        }
        final Machine machine = new Machine();
        machine.addRule("rule", pattern);
        final List<Boolean> answers = new ArrayList<>();
        for (final JsonNode event : events) {
            answers.add(!machine.rulesForJSONEvent(event.toString()).isEmpty());
        }
        return answers;
    }

    private Matcher() {
    }
}
