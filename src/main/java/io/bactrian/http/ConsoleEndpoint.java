package io.bactrian.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code /console/}: the web console, static files that are the same for everyone and so need no key; the data that they
 * show does (invariant 17). Only the files listed here exist, whatever a path says. Thread-safe.
 */
final class ConsoleEndpoint {
    private static final String PATH = "/console/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("index.html", "text/html; charset=utf-8"),
            Map.entry("console.css", "text/css; charset=utf-8"),
            Map.entry("camel.svg", "image/svg+xml"),
            Map.entry("app.js", SCRIPT),
            Map.entry("api.js", SCRIPT),
            Map.entry("change.js", SCRIPT),
            Map.entry("detail.js", SCRIPT),
            Map.entry("dom.js", SCRIPT),
            Map.entry("feed.js", SCRIPT),
            Map.entry("filter.js", SCRIPT),
            Map.entry("list.js", SCRIPT),
            Map.entry("values.js", SCRIPT),
            Map.entry("ways.js", SCRIPT));

    /** Nothing but our own files, no inline script or style, and no text that is made into HTML or script. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'";

    private static final Map<String, String> HEADERS = Map.of(
            // Kept, but asked for each time: what is shown is never older than the platform.
            "Cache-Control",
            "no-cache",
            "Content-Security-Policy",
            POLICY,
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin");

    private record ConsoleFile(String type, byte[] body, String tag) {}

    private final Map<String, ConsoleFile> read = new ConcurrentHashMap<>();

    static boolean isAt(String path) {
        return path.startsWith(PATH) || path.equals("/console");
    }

    /** @param path the canonical one of a request that {@link #isAt} here */
    HttpAnswer answer(String path, Request request) {
        if (!Set.of("GET", "HEAD").contains(request.getMethod())) {
            throw HttpProblem.methodNotAllowed(request.getMethod(), "GET");
        }
        if (path.equals("/console")) {
            HttpURI uri = request.getHttpURI();
            // Relative: a proxy may have put us below another path.
            String place = "console/" + (uri.getQuery() == null ? "" : '?' + uri.getQuery());
            return new HttpAnswer(308, null, null, Map.of("Location", place));
        }
        String name = path.equals(PATH) ? "index.html" : path.substring(PATH.length());
        String type = FILES.get(name);
        if (type == null) {
            throw HttpProblem.notFound("The console has nothing at " + path);
        }
        ConsoleFile file = read.computeIfAbsent(name, each -> load(each, type));
        Map<String, String> headers = new LinkedHashMap<>(HEADERS);
        headers.put("ETag", file.tag());
        if (isKnown(file.tag(), request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
            return new HttpAnswer(304, null, null, headers);
        }
        return new HttpAnswer(200, file.type(), file.body(), headers);
    }

    /** The weak comparison of RFC 9110, 8.8.3.2. */
    private static boolean isKnown(String tag, @Nullable String known) {
        if (known == null) {
            return false;
        }
        for (String each : known.split(",")) {
            String one = each.strip();
            if (one.equals("*") || (one.startsWith("W/") ? one.substring(2) : one).equals(tag)) {
                return true;
            }
        }
        return false;
    }

    private static ConsoleFile load(String name, String type) {
        try (InputStream in = ConsoleEndpoint.class.getResourceAsStream(PATH + name)) {
            if (in == null) {
                throw new IllegalStateException("The console's file " + name + " is missing in this build");
            }
            byte[] body = in.readAllBytes();
            String digest = Digests.hex(new String(body, StandardCharsets.UTF_8));
            return new ConsoleFile(type, body, '"' + digest.substring(0, 24) + '"');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
