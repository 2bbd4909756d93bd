package io.bactrian.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes rows as JSON, exactly: integers and decimals keep every digit, binary is base64, times are ISO 8601,
 * NaN and infinities are strings. Thread-safe.
 */
public final class RowJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            // What the database held may be large; its size was limited where it came in.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(200_000)
                    .build())
            .build();

    private RowJson() {}

    /**
     * Reads a JSON object into a map of natural Java values.
     *
     * @throws IllegalArgumentException where the text is not one JSON object, saying where it breaks
     */
    public static Map<String, @Nullable Object> read(String json, RowType type) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("Not a JSON object: " + abridged(json));
            }
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String column = parser.currentName();
                parser.nextToken();
                row.put(column, ColumnValues.fromJson(value(parser), type.typeOf(column)));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("More than one JSON value: " + abridged(json));
            }
            return row;
        } catch (IOException e) {
            throw new IllegalArgumentException("Not JSON (" + e.getMessage() + "): " + abridged(json), e);
        }
    }

    /** Writes values of the natural Java types (and maps and lists of them) as one JSON object without blanks. */
    public static String write(Map<String, ? extends @Nullable Object> values) {
        return writeValue(values);
    }

    /** Writes one such value, be it a list or a scalar, as JSON. */
    public static String writeValue(@Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            write(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /**
     * Reads any JSON value: a map, a list, a string, a number with all its digits, a boolean or null.
     *
     * @throws IllegalArgumentException where the text is not one JSON value, saying where it breaks
     */
    public static @Nullable Object readValue(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() == null) {
                throw new IllegalArgumentException("Not JSON: it is empty");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("More than one JSON value: " + abridged(json));
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("Not JSON (" + e.getMessage() + "): " + abridged(json), e);
        }
    }

    /** The same JSON object without blanks, its numbers and the order of its members as they were. */
    public static String compact(String json) {
        StringWriter text = new StringWriter(json.length());
        try (JsonParser parser = JSON.createParser(json);
                JsonGenerator generator = JSON.createGenerator(text)) {
            while (parser.nextToken() != null) {
                generator.copyCurrentEventExact(parser);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("Not JSON (" + e.getMessage() + "): " + abridged(json), e);
        }
        return text.toString();
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case START_ARRAY -> list(parser);
            case START_OBJECT -> map(parser);
            default -> parser.getText();
        };
    }

    private static List<@Nullable Object> list(JsonParser parser) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            map.put(name, value(parser));
        }
        return map;
    }

    private static void write(JsonGenerator to, @Nullable Object value) throws IOException {
        if (value == null) {
            to.writeNull();
        } else if (value instanceof Boolean flag) {
            to.writeBoolean(flag);
        } else if (value instanceof BigDecimal decimal) {
            to.writeNumber(decimal);
        } else if (value instanceof Double || value instanceof Float) {
            writeFloating(to, (Number) value);
        } else if (value instanceof Number number) {
            to.writeNumber(number.toString());
        } else if (value instanceof byte[] bytes) {
            to.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Map<?, ?> map) {
            to.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                to.writeFieldName(String.valueOf(entry.getKey()));
                write(to, entry.getValue());
            }
            to.writeEndObject();
        } else if (value instanceof Collection<?> values) {
            to.writeStartArray();
            for (Object each : values) {
                write(to, each);
            }
            to.writeEndArray();
        } else {
            to.writeString(ColumnValues.text(value));
        }
    }

    private static void writeFloating(JsonGenerator to, Number number) throws IOException {
        if (Double.isFinite(number.doubleValue())) {
            to.writeNumber(number.toString());
        } else {
            to.writeString(number.toString());
        }
    }

    private static String abridged(String json) {
        return json.length() <= 200 ? json : json.substring(0, 200) + "…";
    }
}
