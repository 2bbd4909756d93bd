package io.bactrian.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    @TempDir
    Path folder;

    private Configuration load(String text, Map<String, String> environment) throws IOException {
        Files.writeString(folder.resolve(Configuration.FILE), text);
        return Configuration.load(folder, folder, environment);
    }

    @Test
    void aKeyThatIsNotSetHasItsDefault() throws IOException {
        Configuration configuration = load("", Map.of());
        assertEquals(8080, configuration.integer("bactrian.http.port", 0, 65535));
        assertEquals(Duration.ofDays(7), configuration.duration("bactrian.journal.retention"));
        assertEquals(10L << 30, configuration.size("bactrian.journal.max-size"));
        assertTrue(configuration.flag("bactrian.routes.reload"));
        assertEquals(Optional.empty(), configuration.text("bactrian.security.admin-key"));
    }

    @Test
    void anUnknownKeyStopsTheStartAndNamesTheNearestKnownOne() {
        String message = assertThrows(ConfigurationException.class, () -> load("bactrian.http.prot=1", Map.of()))
                .getMessage();
        assertTrue(message.contains("'bactrian.http.prot'"), message);
        assertTrue(message.contains("'bactrian.http.port'"), message);
        String ofDatabase = assertThrows(
                        ConfigurationException.class, () -> load("bactrian.databases.shop.ulr=x", Map.of()))
                .getMessage();
        assertTrue(ofDatabase.contains("'bactrian.databases.shop.url'"), ofDatabase);
    }

    @Test
    void aKeyOfALaterVersionIsRefusedNotIgnored() {
        String message = assertThrows(ConfigurationException.class, () -> load("bactrian.http.tls.key=x", Map.of()))
                .getMessage();
        assertTrue(message.contains("not available in this version"), message);
    }

    @Test
    void everyKeyIsAlsoAnEnvironmentVariable() throws IOException {
        Configuration configuration = load(
                "bactrian.http.port=1\ndemo.hook.url=a",
                Map.of(
                        "BACTRIAN_HTTP_PORT", "2",
                        "BACTRIAN_DATABASES_SHOP_CAPTURE_EXCLUDE_COLUMNS", "a.b, c.d",
                        "DEMO_HOOK_URL", "b",
                        "BACTRIAN_KEY", "not a configuration key"));
        assertEquals(2, configuration.integer("bactrian.http.port", 0, 65535));
        assertEquals(List.of("a.b", "c.d"), configuration.list("bactrian.databases.shop.capture.exclude-columns"));
        assertEquals(Map.of("demo.hook.url", "b"), configuration.others());
    }

    @Test
    void anUnknownEnvironmentVariableStopsTheStart() {
        String message = assertThrows(ConfigurationException.class, () -> load("", Map.of("BACTRIAN_HTTP_PROT", "2")))
                .getMessage();
        assertTrue(message.contains("BACTRIAN_HTTP_PORT"), message);
    }

    @Test
    void valuesComeFromTheEnvironmentAndFromFiles() throws IOException {
        Files.writeString(folder.resolve("secret.txt"), "hush\n");
        Configuration configuration = load("""
                bactrian.databases.main.password={{file:secret.txt}}
                bactrian.databases.main.username={{env:SHOP_USER:anna}}
                bactrian.databases.main.url=jdbc:postgresql://{{env:SHOP_HOST}}/shop
                greeting={{another.key}}
                """, Map.of("SHOP_HOST", "db"));
        assertEquals("hush", configuration.required("bactrian.databases.main.password"));
        assertEquals("anna", configuration.required("bactrian.databases.main.username"));
        assertEquals("jdbc:postgresql://db/shop", configuration.required("bactrian.databases.main.url"));
        assertEquals("{{another.key}}", configuration.others().get("greeting"));
        assertFalse(configuration.toString().contains("hush"));
    }

    @Test
    void aMissingVariableIsNamedWithTheRemedy() {
        String message = assertThrows(
                        ConfigurationException.class,
                        () -> load("bactrian.databases.main.password={{env:NOPE}}", Map.of()))
                .getMessage();
        assertTrue(message.contains("NOPE") && message.contains("bactrian.databases.main.password"), message);
    }

    @Test
    void aBadValueNamesKeyValueAndWhatIsAllowed() throws IOException {
        Configuration configuration = load("bactrian.http.port=eighty\nbactrian.journal.retention=1 week", Map.of());
        String port = assertThrows(
                        ConfigurationException.class, () -> configuration.integer("bactrian.http.port", 0, 65535))
                .getMessage();
        assertEquals("Key 'bactrian.http.port' is 'eighty': use a whole number from 0 to 65535", port);
        assertThrows(ConfigurationException.class, () -> configuration.duration("bactrian.journal.retention"));
    }

    @Test
    void mainComesFirstAmongTheDatabases() throws IOException {
        Configuration configuration = load("bactrian.databases.archive.url=a\nbactrian.databases.main.url=b", Map.of());
        assertEquals(List.of("main", "archive"), configuration.databases());
    }
}
