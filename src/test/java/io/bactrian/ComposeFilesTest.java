package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.config.Configuration;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The compose files say what the platform understands. */
class ComposeFilesTest {
    private static final Path DOCKER = Path.of("docker");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.postgresql.yaml", "compose.full.yaml"})
    void theEnvironmentIsAConfigurationThatStarts(String file) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        map(services(file).get("bactrian"), "environment")
                .forEach((name, value) -> environment.put(name, filledIn(String.valueOf(value))));
        Files.copy(Path.of("config/application.properties"), folder.resolve("application.properties"));

        PlatformSettings settings = PlatformSettings.of(Configuration.load(folder, folder, environment));

        assertTrue(settings.databases().stream()
                .anyMatch(each -> each.database().name().equals("main")));
        assertEquals(
                file.equals("compose.full.yaml"), !settings.kafka().brokers().isEmpty());
        assertEquals(!file.equals("compose.full.yaml"), settings.broker().isEmbedded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.postgresql.yaml", "compose.full.yaml"})
    void whatMustLastLiesInVolumesAndOnlyThePlatformIsReachable(String file) throws IOException {
        Map<String, Object> services = services(file);
        Set<String> declared = map(load(file), "volumes").keySet();
        services.forEach((name, service) -> {
            List<String> volumes = list(service, "volumes");
            assertTrue(
                    volumes.stream().anyMatch(each -> declared.contains(each.substring(0, each.indexOf(':')))),
                    name + " has a volume");
            if (name.equals("bactrian")) {
                assertEquals(List.of("127.0.0.1:8080:8080"), list(service, "ports"));
                assertTrue(volumes.contains("data:/opt/bactrian/data"));
            } else {
                assertTrue(list(service, "ports").isEmpty(), name + " is for the platform alone");
            }
        });
    }

    private static String filledIn(String value) {
        return value.replaceAll("\\$\\{[A-Z_]+:-([^}]*)}", "$1").replaceAll("\\$\\{[A-Z_]+:\\?[^}]*}", "secret");
    }

    private static Map<String, Object> services(String file) throws IOException {
        return map(load(file), "services");
    }

    private static Object load(String file) throws IOException {
        try (Reader reader = Files.newBufferedReader(DOCKER.resolve(file))) {
            Object loaded = new Load(LoadSettings.builder().build()).loadFromReader(reader);
            assertNotNull(loaded);
            return loaded;
        }
    }

    @SuppressWarnings("unchecked") // YAML's maps have strings for keys here.
    private static Map<String, Object> map(Object of, String name) {
        return (Map<String, Object>) ((Map<String, Object>) of).getOrDefault(name, Map.of());
    }

    @SuppressWarnings("unchecked") // As above.
    private static List<String> list(Object of, String name) {
        return (List<String>) ((Map<String, Object>) of).getOrDefault(name, List.of());
    }
}
