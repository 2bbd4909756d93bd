package io.bactrian.database;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one named database. {@code toString} shows no password, not even one inside the url.
 *
 * @param name {@code [a-z][a-z0-9]*}, as in {@code bactrian.databases.NAME.url}
 * @param url a JDBC url
 * @param username null or empty where the url or the product needs none
 * @param poolSize connections at most
 */
public record DatabaseSettings(
        String name,
        String url,
        @Nullable String username,
        @Nullable String password,
        int poolSize) {
    @Override
    public String toString() {
        return "DatabaseSettings[" + name + ", " + shownUrl() + ", " + username + "]";
    }

    private static String masked(String url) {
        return URL_PASSWORD.matcher(url).replaceAll(match -> {
            String key = match.group(1);
            return key != null ? key + "***" : match.group(2) + "***@";
        });
    }
}
