package io.bactrian.http;

import io.bactrian.store.ApiKeyTable;
import io.bactrian.store.Store;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may call (invariant 17): keys of 256 random bits, of which the store keeps the SHA-256 only.
 *
 * <p>A key is looked up by its hash, so that the time an answer takes tells nothing about a key. Keys are held in
 * memory (the store belongs to this process alone); creating and revoking is on disk before it is answered.
 * Thread-safe.
 */
public final class ApiKeys {
    /** The one scope there is for now: everything. */
    public static final String ADMIN = "admin";

    private static final String PREFIX = "bk_";
    private static final int LEAST_ADMIN_KEY = 16;
    private static final Pattern PARTY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** A key as it may be shown. */
    public record ApiKey(String id, String party, Set<String> scopes, Instant createdAt) {}

    /** A new key, shown this once. */
    public record NewKey(String id, String key, String party, Set<String> scopes, Instant createdAt) {
        @Override
        public String toString() {
            return "NewKey[" + id + ", " + party + "]";
        }
    }

    private record Held(ApiKey shown, byte[] hash, Caller caller) {}

    private final SecureRandom random = new SecureRandom();
    private final ApiKeyTable table;
    private final Clock clock;
    private final byte[] adminHash;
    private final Caller admin = new Caller(ADMIN, ADMIN, Set.of(ADMIN));
    private final Map<String, Held> byHash = new ConcurrentHashMap<>();

    /**
     * @param adminKey {@code bactrian.security.admin-key}; where it is null or empty the key in {@code admin.key} of the
     *     store's directory is the admin's, made there at the first start
     */
    public ApiKeys(Store store, @Nullable String adminKey, Clock clock) {
        this.table = new ApiKeyTable(store);
        this.clock = clock;
        String given = adminKey == null ? "" : adminKey.strip();
        Path file = store.directory().resolve("admin.key");
        String key = given.isEmpty() ? AdminKeyFile.readOrCreate(file, randomKey()) : given;
        if (key.length() < LEAST_ADMIN_KEY) {
            throw new HttpStartException(
                    (given.isEmpty() ? file.toString() : "bactrian.security.admin-key") + " holds " + key.length()
                            + " characters: an admin key has at least " + LEAST_ADMIN_KEY
                            + (given.isEmpty() ? " (remove the file and a new one is made)" : ""),
                    null);
        }
        this.adminHash = Digests.of(key);
        table.all().forEach(this::hold);
    }

    /** Who holds this key; empty where nobody does. */
    public Optional<Caller> find(String key) {
        byte[] hash = Digests.of(key);
        if (MessageDigest.isEqual(hash, adminHash)) {
            return Optional.of(admin);
        }
        Held held = byHash.get(HexFormat.of().formatHex(hash));
        return held != null && MessageDigest.isEqual(hash, held.hash()) ? Optional.of(held.caller()) : Optional.empty();
    }

    /**
     * Makes a key; durable when this returns.
     *
     * @param party stamped as origin on what the key writes
     * @throws IllegalArgumentException naming what isn't allowed
     */
    public NewKey create(String party, Set<String> scopes) {
        if (!PARTY.matcher(party).matches()) {
            throw new IllegalArgumentException(
                    "party '" + party + "': letters, digits, '.', '_' and '-' are allowed, at most 64");
        }
        if (!Set.of(ADMIN).equals(scopes)) {
            throw new IllegalArgumentException("scopes " + scopes + ": allowed is [" + ADMIN + "]");
        }
        String key = randomKey();
        String id = HexFormat.of().formatHex(randomBytes(6));
        ApiKeyTable.Row row = new ApiKeyTable.Row(id, Digests.of(key), party, Set.copyOf(scopes), clock.instant());
        table.insert(row).join();
        hold(row);
        return new NewKey(id, key, party, row.scopes(), row.createdAt());
    }

    /** Whether the key that a caller held is still one. */
    boolean isValid(Caller caller) {
        return caller.equals(admin)
                || byHash.values().stream().anyMatch(held -> held.caller().equals(caller));
    }

    /** All keys but the admin's own, the oldest first. */
    public List<ApiKey> list() {
        return byHash.values().stream()
                .map(Held::shown)
                .sorted(Comparator.comparing(ApiKey::createdAt).thenComparing(ApiKey::id))
                .toList();
    }

    /** Ends a key, at once and for ever; false where there is none of this id. */
    public boolean revoke(String id) {
        boolean held = byHash.values().removeIf(each -> each.shown().id().equals(id));
        table.delete(id).join();
        return held;
    }

    private void hold(ApiKeyTable.Row row) {
        byHash.put(
                HexFormat.of().formatHex(row.hash()),
                new Held(
                        new ApiKey(row.id(), row.party(), row.scopes(), row.createdAt()),
                        row.hash(),
                        new Caller(row.id(), row.party(), row.scopes())));
    }

    private String randomKey() {
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(randomBytes(32));
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
