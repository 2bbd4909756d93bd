package io.bactrian.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON of requests (strict and bounded: what breaks a bound is a 400) and of answers. Thread-safe. */
final class Json {
    /** Beyond it a number such as 1e999999999 would fill the memory of whoever writes it out. */
    private static final int MAX_SCALE = 1000;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxNumberLength(MAX_SCALE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(Duration.class, ToStringSerializer.instance)
                    .addSerializer(Path.class, ToStringSerializer.instance)
                    .addSerializer(Enum.class, new WordSerializer())
                    .addSerializer(Optional.class, new OptionalSerializer())
                    .addSerializer(Change.class, new ChangeSerializer()))
            .build();

    private Json() {}

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Can't be written as JSON: " + value.getClass(), e);
        }
    }

    /** The request's JSON object. */
    static Map<String, @Nullable Object> object(byte[] body) {
        if (value(body) instanceof Map<?, ?> map) {
            return columns(map);
        }
        throw HttpProblem.badRequest("The body is not a JSON object");
    }

    /** The request's JSON object or array of objects. */
    static List<Map<String, @Nullable Object>> objects(byte[] body) {
        Object value = value(body);
        if (value instanceof Map<?, ?> map) {
            return List.of(columns(map));
        }
        if (value instanceof List<?> list && list.stream().allMatch(Map.class::isInstance)) {
            return list.stream().map(each -> columns((Map<?, ?>) each)).toList();
        }
        throw HttpProblem.badRequest("The body is neither a JSON object nor an array of objects");
    }

    @SuppressWarnings("unchecked") // Jackson's maps have string keys
    private static Map<String, @Nullable Object> columns(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }

    private static @Nullable Object value(byte[] body) {
        if (body.length == 0) {
            throw HttpProblem.badRequest("The body is empty: JSON is expected");
        }
        try {
            Object value = MAPPER.readValue(body, Object.class);
            check(value);
            return value;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            throw HttpProblem.badRequest("The body is not JSON" + where + ": " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            // Such as UTF-16 that ends in the middle of a character.
            throw HttpProblem.badRequest("The body is not JSON: " + e.getMessage());
        }
    }

    private static void check(@Nullable Object value) {
        if (value instanceof BigDecimal decimal && Math.abs((long) decimal.scale()) > MAX_SCALE) {
            throw HttpProblem.badRequest("A number's exponent is beyond " + MAX_SCALE);
        } else if (value instanceof String text) {
            checkText(text);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> {
                check(name);
                check(each);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(Json::check);
        }
    }

    private static void checkText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw HttpProblem.badRequest("A string holds half of a character (an unpaired surrogate)");
                }
                i++;
            }
        }
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /** {@code GIVEN_UP} as {@code given-up}. */
    @SuppressWarnings("rawtypes") // Registered for the class, which has no type argument.
    private static final class WordSerializer extends JsonSerializer<Enum> {
        @Override
        public void serialize(Enum value, JsonGenerator to, SerializerProvider provider) throws IOException {
            to.writeString(value.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // Likewise.
    private static final class OptionalSerializer extends JsonSerializer<Optional> {
        @Override
        public void serialize(Optional value, JsonGenerator to, SerializerProvider provider) throws IOException {
            provider.defaultSerializeValue(value.orElse(null), to);
        }
    }

    /** As the change travels: a CloudEvent, its rows' text to the letter. */
    private static final class ChangeSerializer extends JsonSerializer<Change> {
        @Override
        public void serialize(Change value, JsonGenerator to, SerializerProvider provider) throws IOException {
            to.writeRawValue(ChangeJson.cloudEvent(value));
        }
    }
}
