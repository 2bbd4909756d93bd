package io.bactrian.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a receiver saw, checked by itself: every id once or more, versions of one key in order. Each row's JSON holds
 * {@code "k":KEY} and {@code "v":VERSION} (whole numbers) in its after image. Thread-safe.
 *
 * <p>A repetition after a crash is allowed (at least once) and counted; a version that comes for the first time after a
 * later one of its key is a disorder.
 */
public final class DeliveryRecord {
    private final Map<Long, Long> highest = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<Long, Set<Long>> versions = new HashMap<>();
    private final List<String> disorders = new ArrayList<>();
    private long duplicates;

    public synchronized void received(String id, byte[] body) {
        String json = new String(body, StandardCharsets.UTF_8);
        int after = json.indexOf("\"after\":{");
        if (after < 0) {
            return;
        }
        long key = number(json, "\"k\"", after);
        long version = number(json, "\"v\"", after);
        boolean firstTime =
                versions.computeIfAbsent(key, each -> new HashSet<>()).add(version);
        boolean newId = ids.add(id);
        if (!newId) {
            duplicates++;
        } else if (!firstTime) {
            disorders.add("another id for the same version: key " + key + " version " + version + " id " + id);
        }
        long before = highest.getOrDefault(key, 0L);
        if (firstTime && version != before + 1 && version < before) {
            disorders.add("key " + key + ": version " + version + " came after " + before + " (" + id + ")");
        }
        highest.merge(key, version, Math::max);
    }

    /** Versions 1 to {@code last} of the key that never came. */
    public synchronized List<Long> missing(long key, long last) {
        Set<Long> seen = versions.getOrDefault(key, Set.of());
        List<Long> missing = new ArrayList<>();
        for (long version = 1; version <= last; version++) {
            if (!seen.contains(version)) {
                missing.add(version);
            }
        }
        return missing;
    }

    public synchronized List<String> disorders() {
        return List.copyOf(disorders);
    }

    public synchronized long duplicates() {
        return duplicates;
    }

    public synchronized int distinct() {
        return ids.size();
    }

    private static long number(String json, String field, int from) {
        int at = json.indexOf(field, from) + field.length();
        while (json.charAt(at) == ':' || json.charAt(at) == ' ') {
            at++;
        }
        int end = at;
        while (end < json.length() && (Character.isDigit(json.charAt(end)) || json.charAt(end) == '-')) {
            end++;
        }
        return Long.parseLong(json.substring(at, end));
    }
}
