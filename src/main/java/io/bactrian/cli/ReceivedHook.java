package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bactrian.hook.SignatureVerifier.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A received hook in words: what it says, and whether its signature holds. */
final class ReceivedHook {
    private ReceivedHook() {}

    static String describe(Verdict verdict, byte[] body) {
        String seal;
        if (verdict instanceof Verdict.Accepted accepted) {
            seal = "verified " + accepted.messageId();
        } else {
            seal = "REFUSED: " + ((Verdict.Refused) verdict).reason();
        }
        return seal + "  " + content(body);
    }

    /** The same as one line of JSON. */
    static JsonNode json(Verdict verdict, byte[] body) {
        ObjectNode hook = PlatformClient.JSON.createObjectNode();
        if (verdict instanceof Verdict.Accepted accepted) {
            hook.put("verified", true).put("id", accepted.messageId());
        } else {
            hook.put("verified", false).put("reason", ((Verdict.Refused) verdict).reason());
        }
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            return hook.set("body", PlatformClient.JSON.readTree(text));
        } catch (IOException e) {
            return hook.put("body", text);
        }
    }

    private static String content(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            JsonNode event = PlatformClient.JSON.readTree(body);
            JsonNode data = event.path("data");
            if (!data.has("operation")) {
                return text;
            }
            String table = event.path("source").asText().replaceFirst(".*/", "");
            return table + ' ' + data.path("operation").asText() + ' ' + data.path("key") + "  "
                    + ChangeText.difference(data);
        } catch (IOException e) {
            return text;
        }
    }
}
