package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
