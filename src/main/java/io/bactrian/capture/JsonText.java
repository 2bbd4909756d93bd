package io.bactrian.capture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Brings the JSON text that a trigger wrote into the canonical form, looking at no more of it than needed.
 *
 * <p>Throws {@link IllegalArgumentException} where text that must be looked at isn't JSON.
 */
final class JsonText {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(200_000)
                    .build())
            .build();

    private static final String BLOB = "{\"$blob\":\"";

    private JsonText() {}

    /** The same without the blanks between its tokens. */
    static String compact(String json) {
        StringBuilder compact = null;
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean blank = !inString && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
            if (blank && compact == null) {
                compact = new StringBuilder(json.length()).append(json, 0, i);
            } else if (!blank && compact != null) {
                compact.append(c);
            }
            if (c == '"') {
                inString = !inString;
            } else if (c == '\\' && inString && i + 1 < json.length()) {
                i++;
                if (compact != null) {
                    compact.append(json.charAt(i));
                }
            }
        }
        return compact == null ? json : compact.toString();
    }

    /** An object with the members that {@code key} has, in its order, and the values that {@code row} has. */
    static String members(String key, String row) {
        Map<String, String> values = new HashMap<>();
        try {
            Set<String> wanted = names(key);
            try (JsonParser parser = JSON.createParser(row)) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    if (wanted.contains(name)) {
                        values.put(name, value(parser));
                    } else {
                        parser.skipChildren();
                    }
                }
            }
            StringWriter text = new StringWriter();
            try (JsonGenerator generator = JSON.createGenerator(text)) {
                generator.writeStartObject();
                for (String name : wanted) {
                    String value = values.get(name);
                    if (value != null) {
                        generator.writeFieldName(name);
                        generator.writeRawValue(value);
                    }
                }
                generator.writeEndObject();
            }
            return text.toString();
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a JSON object: " + e.getMessage(), e);
        }
    }

    /** With each member {@code {"$blob":"hex"}} (how SQLite's triggers write a blob) as a base64 string instead. */
    static String withoutBlobs(String json) {
        if (!json.contains("\"$blob\"")) {
            return json;
        }
        StringWriter text = new StringWriter(json.length());
        try (JsonParser parser = JSON.createParser(json);
                JsonGenerator generator = JSON.createGenerator(text)) {
            parser.nextToken();
            generator.writeStartObject();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                generator.writeFieldName(parser.currentName());
                if (parser.nextToken() == JsonToken.START_OBJECT) {
                    String value = value(parser);
                    generator.writeRawValue(value.startsWith(BLOB) && value.endsWith("\"}") ? base64(value) : value);
                } else {
                    copy(parser, generator);
                }
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a JSON object: " + e.getMessage(), e);
        }
        return text.toString();
    }

    private static String base64(String blob) {
        String hex = blob.substring(BLOB.length(), blob.length() - "\"}".length());
        return '"' + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)) + '"';
    }

    private static Set<String> names(String json) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                names.add(parser.currentName());
                parser.nextToken();
                parser.skipChildren();
            }
        }
        return names;
    }

    private static String value(JsonParser parser) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            copy(parser, generator);
        }
        return text.toString();
    }

    /** The value that begins at the parser's token, digits of numbers as they are. */
    private static void copy(JsonParser parser, JsonGenerator generator) throws IOException {
        int depth = 0;
        while (true) {
            generator.copyCurrentEventExact(parser);
            JsonToken token = parser.currentToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (depth == 0) {
                return;
            }
            if (parser.nextToken() == null) {
                throw new IOException("it ends in the middle");
            }
        }
    }
}
