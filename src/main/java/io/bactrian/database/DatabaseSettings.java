package io.bactrian.database;

import java.nio.file.Path;
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
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*");
    private static final Pattern URL_PASSWORD = Pattern.compile("(?i)(password=)[^&;]*|(://[^/@:]*:)[^/@]*@");

    /** @throws IllegalArgumentException naming the key, the value and what is allowed */
    public DatabaseSettings {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("bactrian.databases." + name
                    + ": a database's name is a lower-case letter, then lower-case letters and digits");
        }
        if (!url.startsWith("jdbc:")) {
            throw new IllegalArgumentException("bactrian.databases." + name + ".url=" + masked(url)
                    + ": not a JDBC url, such as jdbc:postgresql://host/database or jdbc:sqlite:data/demo.db");
        }
        if (poolSize < 1 || poolSize > 1000) {
            throw new IllegalArgumentException(
                    "bactrian.databases." + name + ".pool-size=" + poolSize + ": from 1 to 1000");
        }
    }

    /**
     * The same with relative paths of files, where the url has any, relative to this folder.
     *
     * @throws IllegalArgumentException naming the database, the url and the products there are
     */
    public DatabaseSettings in(Path folder) {
        return new DatabaseSettings(name, Dialects.of(this).located(url, folder), username, password, poolSize);
    }

    /** The url as it may be shown: without a password. */
    public String shownUrl() {
        return masked(url);
    }

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
