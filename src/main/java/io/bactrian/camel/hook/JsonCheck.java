package io.bactrian.camel.hook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.bactrian.hook.InboundHooks.Call;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Looks whether what calls itself JSON is JSON, without keeping any of it. */
final class JsonCheck {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonCheck() {}

    /** What is wrong with a call that claims to be JSON; empty where all is well or it claims something else. */
    static Optional<String> fault(Call call) {
        return isJson(contentType(call.headers())) ? fault(call.body()) : Optional.empty();
    }

    /** The media type with its parameters, empty where there is none. */
    static String contentType(Map<String, List<String>> headers) {
        List<String> values = headers.get("content-type");
        return values == null || values.isEmpty() ? "" : values.get(0);
    }

    static boolean isJson(String contentType) {
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }

    static Optional<String> fault(byte[] body) {
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
            return Optional.of("Not JSON at line " + place.getLineNr() + ", column " + place.getColumnNr() + ".");
        } catch (IOException e) {
            return Optional.of("Not JSON.");
        }
    }
}
