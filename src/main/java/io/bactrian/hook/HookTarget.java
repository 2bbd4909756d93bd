package io.bactrian.hook;

import io.bactrian.subscription.Answer;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;

/**
 * Where and how an outbound hook delivers, with all that is the same for each request made ready. Immutable,
 * thread-safe. Its {@link #toString()} leaves out what may be secret: the query and the headers' values.
 */
public final class HookTarget {
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    /** What is shorter occurs in any text. */
    private static final int SHORTEST_HIDDEN = 6;

    private static final Set<String> OURS =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect");

    private final HttpHost host;
    private final String path;
    private final String shown;
    private final List<WebhookSecret> secrets;
    private final Header[] headers;
    private final Duration timeout;
    private final RequestConfig config;
    /** What an operator is shown of each request. */
    private final Answer.Request shownRequest;

    /** What an endpoint that repeats its request must not bring into a message; the longest first. */
    private final List<String> hidden;

    /**
     * @param url http or https, without user information
     * @param secrets to sign with; none sends unsigned, several while one replaces another
     * @param headers added to each request
     * @param timeout for one delivery, from the first look at the name to the end of the answer
     * @throws IllegalArgumentException saying what is wrong with the URL, without its query
     */
    public HookTarget(String url, List<WebhookSecret> secrets, Map<String, String> headers, Duration timeout) {
        URI uri = parsed(url);
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        String rawPath = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("The timeout of a hook is above 0 and at most 10 minutes: " + timeout);
        }
        this.host = new HttpHost(uri.getScheme(), literal(uri.getHost()), port);
        this.path = uri.getRawQuery() == null ? rawPath : rawPath + '?' + uri.getRawQuery();
        this.shown = uri.getScheme() + "://" + uri.getRawAuthority() + rawPath;
        this.secrets = List.copyOf(secrets);
        headers.keySet().forEach(HookTarget::refuseOurs);
        this.headers = headers.entrySet().stream()
                .map(header -> header(header.getKey(), header.getValue()))
                .toArray(Header[]::new);
        this.timeout = timeout;
        this.config = RequestConfig.custom()
                .setConnectionRequestTimeout(Timeout.of(timeout))
                .setResponseTimeout(Timeout.of(timeout))
                .build();
        this.hidden = hidden(uri, headers, secrets);
        this.shownRequest = new Answer.Request(
                "POST",
                this.shown + shownQuery(uri),
                headers.entrySet().stream()
                        .map(header -> header.getKey() + ": " + shownValue(header))
                        .toList(),
                !secrets.isEmpty(),
                "",
                "",
                "");
    }

    /** The query with each value replaced by the name of a variable. */
    private static String shownQuery(URI uri) {
        if (uri.getRawQuery() == null) {
            return "";
        }
        StringJoiner shown = new StringJoiner("&", "?", "");
        for (String parameter : uri.getRawQuery().split("&")) {
            int equals = parameter.indexOf('=');
            shown.add(
                    equals < 0
                            ? variable("QUERY")
                            : parameter.substring(0, equals + 1) + variable(parameter.substring(0, equals)));
        }
        return shown.toString();
    }

    /** The name of a variable in the place of the value; what only says the scheme of a token stays. */
    private static String shownValue(Map.Entry<String, String> header) {
        String scheme = header.getValue().startsWith("Bearer ") ? "Bearer " : "";
        return scheme + variable(header.getKey());
    }

    private static String variable(String name) {
        return "$SECRET_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
    }

    private static List<String> hidden(URI uri, Map<String, String> headers, List<WebhookSecret> secrets) {
        List<String> values = new ArrayList<>();
        for (String query : new String[] {uri.getRawQuery(), uri.getQuery()}) {
            if (query != null) {
                values.add(query);
                for (String parameter : query.split("&")) {
                    values.add(parameter.substring(parameter.indexOf('=') + 1));
                }
            }
        }
        for (String value : headers.values()) {
            values.add(value);
            // A scheme and a token: Bearer abc.
            values.add(value.substring(value.indexOf(' ') + 1));
        }
        secrets.forEach(secret -> values.add(secret.reveal()));
        return values.stream()
                .filter(value -> value.length() >= SHORTEST_HIDDEN)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private static URI parsed(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            // Without the cause: its message quotes the query, which may hold a token.
            throw new IllegalArgumentException("Not a URL: " + withoutQuery(url) + " (" + e.getReason()
                    + " at character " + (e.getIndex() + 1) + ")");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("A hook goes to an http or https URL: " + withoutQuery(url));
        }
        if (uri.getHost() == null || uri.getPort() > 65535) {
            throw new IllegalArgumentException("This URL has no valid host and port: " + withoutQuery(url));
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("The URL of a hook holds no user and password; send them as a header:"
                    + " header.Authorization=Basic …");
        }
        return uri;
    }

    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        String shown = query < 0 ? url : url.substring(0, query);
        int user = shown.lastIndexOf('@');
        return user < 0 ? shown : "…" + shown.substring(user);
    }

    /** An IPv6 literal without its brackets. */
    private static String literal(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static void refuseOurs(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (OURS.contains(lower) || lower.startsWith("webhook-")) {
            throw new IllegalArgumentException("header." + name + " can't be set: the platform sets it itself");
        }
    }

    static Header header(String name, String value) {
        boolean valid = !name.isEmpty()
                && name.chars().allMatch(c -> c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0)
                && value.chars().allMatch(c -> c >= ' ' && c != 127 || c == '\t');
        if (!valid) {
            throw new IllegalArgumentException("Not a valid HTTP header, or not a valid value for it: " + name);
        }
        return new BasicHeader(name, value);
    }

    HttpHost host() {
        return host;
    }

    /** What an operator is shown of a request, without what is its own: secrets are names of variables. */
    Answer.Request shownRequest() {
        return shownRequest;
    }

    String path() {
        return path;
    }

    List<WebhookSecret> secrets() {
        return secrets;
    }

    Header[] headers() {
        return headers;
    }

    Duration timeout() {
        return timeout;
    }

    RequestConfig config() {
        return config;
    }

    /** A text from elsewhere without what may be secret here: the query, the headers' values, the signing secrets. */
    String masked(String text) {
        String masked = text;
        for (String each : hidden) {
            masked = masked.replace(each, "…");
        }
        return masked;
    }

    /** Scheme, host, port and path. */
    @Override
    public String toString() {
        return shown;
    }
}
