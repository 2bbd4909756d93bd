package io.bactrian.camel.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Each connector's definition is enough to make a form from, and says neither more nor less than its template takes. */
class ConnectorDefinitionsTest {
    private static final Pattern USE = Pattern.compile("\\{\\{(\\??)([A-Za-z]+)}}");
    private static final Pattern SECRET = Pattern.compile("(?i)secret|password|token|authorization");

    static List<String> names() {
        return Connectors.NAMES;
    }

    @Test
    void theNineOfTheContractAreThereAndNoOther() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/kamelets"))) {
            Set<String> found = files.map(file -> file.getFileName().toString().replace(".kamelet.yaml", ""))
                    .collect(Collectors.toSet());
            assertEquals(new TreeSet<>(Connectors.NAMES), new TreeSet<>(found));
            assertEquals(9, found.size());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyParameterTellsWhatAFormNeeds(String name) throws IOException {
        Map<?, ?> connector = connector(name);
        assertEquals(name, map(connector.get("metadata")).get("name"));
        Map<?, ?> definition = definition(connector);
        assertText(name, definition, "title");
        assertText(name, definition, "description");
        List<?> required = (List<?>) definition.get("required");
        Map<?, ?> properties = map(definition.get("properties"));
        assertTrue(properties.keySet().containsAll(required), name + " requires what it doesn't have: " + required);
        properties.forEach((key, value) -> {
            String where = name + "." + key;
            Map<?, ?> property = map(value);
            assertText(where, property, "title");
            assertText(where, property, "description");
            assertTrue(Set.of("string", "integer", "boolean").contains(property.get("type")), where);
            assertNotNull(property.get("example"), where + " has no example");
            if (property.get("enum") instanceof List<?> words) {
                assertTrue(words.contains(property.get("example")), where + ": the example is none of " + words);
                assertTrue(
                        property.get("default") == null || words.contains(property.get("default")),
                        where + ": the default is none of " + words);
            }
            boolean secret = SECRET.matcher(key.toString()).find();
            assertEquals(secret ? "password" : null, property.get("format"), where);
            if (secret) {
                assertTrue(((List<?>) property.get("x-descriptors")).contains("urn:camel:group:credentials"), where);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyParameterIsUsedAndNoOther(String name) throws IOException {
        Map<?, ?> connector = connector(name);
        Map<?, ?> definition = definition(connector);
        Map<?, ?> properties = map(definition.get("properties"));
        Map<?, ?> template = map(map(connector.get("spec")).get("template"));
        Set<String> known = new TreeSet<>(Set.of("query", "timeoutMillis", "routeId"));
        properties.keySet().forEach(key -> known.add(key.toString()));
        if (template.get("beans") instanceof List<?> beans) {
            beans.forEach(bean -> known.add(String.valueOf(map(bean).get("name"))));
        }
        Set<String> optional = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        Matcher use = USE.matcher(text(name).replaceFirst("(?s)^.*?\n  template:", ""));
        while (use.find()) {
            (use.group(1).isEmpty() ? used : optional).add(use.group(2));
        }
        properties.forEach((key, value) -> {
            boolean given = ((List<?>) definition.get("required")).contains(key)
                    || map(value).get("default") != null;
            if (key.equals("timeout") && used.contains("timeoutMillis")) {
                return;
            }
            assertTrue(
                    (given ? used : optional).contains(key.toString()), name + "." + key + " isn't used as it should");
        });
        used.addAll(optional);
        used.removeAll(known);
        assertEquals(Set.of(), used, name + " uses what it doesn't define");
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyParameterIsInTheDocumentation(String name) throws IOException {
        String row = Files.readString(Path.of("docs/routes.md"))
                .lines()
                .filter(line -> line.startsWith("| `" + name + "` |"))
                .findFirst()
                .orElseThrow();
        Map<?, ?> definition = definition(connector(name));
        map(definition.get("properties")).forEach((key, value) -> {
            Object word = map(value).get("default");
            boolean required = ((List<?>) definition.get("required")).contains(key);
            String told = (required ? "**`" + key + "`**" : "`" + key + "`")
                    + (word == null || word.equals("") || required ? "" : " (" + word + ")");
            assertTrue(row.contains(told), name + " is documented without " + told);
        });
    }

    private static void assertText(String where, Map<?, ?> object, String member) {
        assertTrue(object.get(member) instanceof String text && text.length() > 2, where + " has no " + member);
    }

    private static Map<?, ?> definition(Map<?, ?> connector) {
        return map(map(connector.get("spec")).get("definition"));
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static Map<?, ?> connector(String name) throws IOException {
        return map(new Load(LoadSettings.builder().build()).loadFromString(text(name)));
    }

    private static String text(String name) throws IOException {
        try (InputStream file = Connectors.class.getResourceAsStream("/kamelets/" + name + ".kamelet.yaml")) {
            assertNotNull(file, name + " isn't shipped");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
