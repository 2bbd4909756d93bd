package io.bactrian.database;

import org.jspecify.annotations.Nullable;

/** SEAM (validate): how to reach one named database. {@code toString} shows no password. */
public record DatabaseSettings(
        String name,
        String url,
        @Nullable String username,
        @Nullable String password,
        int poolSize) {
    @Override
    public String toString() {
        return "DatabaseSettings[" + name + ", " + url + ", " + username + "]";
    }
}
