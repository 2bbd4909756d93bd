package io.bactrian.http;

import java.util.Set;

/**
 * Who holds a key.
 *
 * @param id the key's id, never the key
 * @param party stamped as origin on what it writes
 */
public record Caller(String id, String party, Set<String> scopes) {
    public Caller {
        scopes = Set.copyOf(scopes);
    }
}
