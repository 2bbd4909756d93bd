package io.bactrian.camel.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.Optional;

/** Looks whether bytes are JSON, without keeping any of it. Thread-safe. */
public final class JsonText {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonText() {}

    /** What keeps the bytes from being exactly one JSON value, as a sentence; empty where they are. */
    public static Optional<String> fault(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            int depth = 0;
            int values = 0;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                values += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return values == 1
                    ? Optional.empty()
                    : Optional.of(values == 0 ? "The body is empty." : "More than one value.");
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            // No place: a limit, such as that of the nesting.
            return Optional.of(
                    place == null
                            ? "Not JSON that can be read: " + e.getOriginalMessage() + "."
                            : "Not JSON at line " + place.getLineNr() + ", column " + place.getColumnNr() + ".");
        } catch (IOException e) {
            return Optional.of("Not JSON.");
        }
    }
}
