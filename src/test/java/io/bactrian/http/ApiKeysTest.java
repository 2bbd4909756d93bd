package io.bactrian.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.http.ApiKeys.NewKey;
import io.bactrian.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path data;

    @Test
    void aKeyOutlivesARestartAndARevokedOneDoesNot() {
        NewKey kept;
        NewKey revoked;
        try (Store store = Store.open(data)) {
            ApiKeys keys = new ApiKeys(store, "", CLOCK);
            kept = keys.create("crm", Set.of("admin"));
            revoked = keys.create("shop", Set.of("admin"));
            assertTrue(keys.revoke(revoked.id()));
            assertFalse(keys.revoke(revoked.id()));
        }
        try (Store store = Store.open(data)) {
            ApiKeys keys = new ApiKeys(store, null, CLOCK);
            assertEquals("crm", keys.find(kept.key()).orElseThrow().party());
            assertTrue(keys.find(revoked.key()).isEmpty());
            assertEquals(
                    List.of(kept.id()),
                    keys.list().stream().map(ApiKeys.ApiKey::id).toList());
            assertEquals(CLOCK.instant(), keys.list().get(0).createdAt());
        }
    }

    @Test
    @DisplayName("invariant 17: keys are nowhere in clear")
    void theStoreHoldsNoKey() throws IOException {
        NewKey key;
        try (Store store = Store.open(data)) {
            key = new ApiKeys(store, "the-admin-key-of-this-test", CLOCK).create("crm", Set.of("admin"));
            assertFalse(key.toString().contains(key.key()));
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertFalse(content.contains(key.key()), file.toString());
                assertFalse(content.contains("the-admin-key-of-this-test"), file.toString());
            }
        }
    }

    @Test
    void theAdminsKeyIsMadeOnceForTheOwnerAlone() throws IOException {
        Path file = data.resolve("admin.key");
        try (Store store = Store.open(data)) {
            new ApiKeys(store, "", CLOCK);
        }
        String key = Files.readString(file).strip();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (Store store = Store.open(data)) {
            ApiKeys keys = new ApiKeys(store, "", CLOCK);
            assertEquals("admin", keys.find(key).orElseThrow().party());
            assertTrue(keys.find("").isEmpty());
            assertTrue(keys.find(key + "x").isEmpty());
        }
        assertEquals(key, Files.readString(file).strip());
        try (Stream<Path> files = Files.list(data)) {
            assertTrue(files.noneMatch(each -> each.getFileName().toString().startsWith(".admin")));
        }
    }

    @Test
    void whoeverMakesTheFileAtOnceGetsTheSameKey() throws Exception {
        Path file = data.resolve("admin.key");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> makers = IntStream.range(0, 8)
                    .<Callable<String>>mapToObj(
                            i -> () -> AdminKeyFile.readOrCreate(file, "a-key-of-maker-number-" + i))
                    .toList();
            Set<String> seen = new HashSet<>();
            for (Future<String> each : threads.invokeAll(makers)) {
                seen.add(each.get());
            }
            assertEquals(1, seen.size(), seen.toString());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aGivenAdminKeyIsTheOnlyOneAndMustNotBeShort() {
        try (Store store = Store.open(data)) {
            ApiKeys keys = new ApiKeys(store, " sixteen-letters! ", CLOCK);
            assertTrue(keys.find("sixteen-letters!").isPresent());
            assertFalse(Files.exists(data.resolve("admin.key")));
            String message = assertThrows(HttpStartException.class, () -> new ApiKeys(store, "short", CLOCK))
                    .getMessage();
            assertTrue(message.contains("bactrian.security.admin-key"), message);
            assertFalse(message.contains("short "), message);
        }
    }

    @Test
    void noTwoKeysAreAlike() {
        try (Store store = Store.open(data)) {
            ApiKeys keys = new ApiKeys(store, "", CLOCK);
            assertNotEquals(
                    keys.create("a", Set.of("admin")).key(),
                    keys.create("a", Set.of("admin")).key());
        }
    }
}
