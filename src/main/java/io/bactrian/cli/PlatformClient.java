package io.bactrian.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.config.Configuration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Talks to the running platform. */
final class PlatformClient {
    static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    PlatformClient(Configuration configuration) {
        this.url = url(configuration);
        this.key = key(configuration);
    }

    /** Where the platform should be. */
    static String url(Configuration configuration) {
        return Optional.ofNullable(System.getenv("BACTRIAN_URL"))
                .orElseGet(() -> "http://" + reachable(configuration.required("bactrian.http.host")) + ':'
                        + configuration.required("bactrian.http.port"));
    }

    /**
     * Sends one request and gives the answer's JSON (null where it is empty).
     *
     * @throws CommandException where the platform isn't there or refuses, in its own words
     */
    @Nullable
    JsonNode call(String method, String path, @Nullable JsonNode body) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> response = send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new CommandException(refusal(response.statusCode(), response.body()));
        }
        return json(response.body());
    }

    /**
     * What a GET found.
     *
     * @param json the answer's; a problem where the status isn't 200
     * @param next the address of the next page, null where there is none
     */
    record Found(int status, JsonNode json, @Nullable String next) {}

    /**
     * A GET that may find nothing (404).
     *
     * @throws CommandException where the platform isn't there or refuses
     */
    Found find(String path) {
        HttpResponse<String> response =
                send(request(path).timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
        if (response.statusCode() != 200 && response.statusCode() != 404) {
            throw new CommandException(refusal(response.statusCode(), response.body()));
        }
        JsonNode json = json(response.body());
        String link = response.headers().firstValue("Link").orElse("");
        String next = link.startsWith("<") ? link.substring(1, link.indexOf('>')) : null;
        return new Found(response.statusCode(), json == null ? JSON.nullNode() : json, next);
    }

    /**
     * Opens a live feed.
     *
     * @param lastId where it goes on, null for the beginning that the path says
     * @throws CommandException where the platform isn't there or refuses
     */
    Stream<String> feed(String path, @Nullable String lastId) {
        HttpRequest.Builder request = request(path).header("Accept", "text/event-stream");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<Stream<String>> response = send(request.build(), BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            try (Stream<String> lines = response.body()) {
                throw new CommandException(refusal(response.statusCode(), lines.collect(Collectors.joining("\n"))));
            }
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + key);
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new CommandException("No platform answers at " + url + ": start it with ./bactrian run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Interrupted", e);
        }
    }

    private @Nullable JsonNode json(String body) {
        try {
            return body.isBlank() ? null : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new CommandException("What answers at " + url + " is no Bactrian: it answered no JSON", e);
        }
    }

    private String refusal(int status, String body) {
        if (status == 401) {
            return "The platform at " + url + " does not know this key: set BACTRIAN_KEY, or run the command as a user"
                    + " who may read admin.key in the platform's data folder";
        }
        try {
            JsonNode problem = JSON.readTree(body);
            String detail = problem.path("detail").asText(problem.path("title").asText());
            return detail.isEmpty() ? "The platform answered " + status : detail;
        } catch (JsonProcessingException e) {
            return "The platform answered " + status + ": " + body;
        }
    }

    /** An address to call for an address that is listened on. */
    private static String reachable(String host) {
        return host.equals("0.0.0.0") ? "127.0.0.1" : host;
    }

    private static String key(Configuration configuration) {
        String given = System.getenv("BACTRIAN_KEY");
        if (given != null && !given.isBlank()) {
            return given.strip();
        }
        Optional<String> configured = configuration.text("bactrian.security.admin-key");
        if (configured.isPresent()) {
            return configured.get();
        }
        Path file = configuration.path("bactrian.store.directory").resolve("admin.key");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new CommandException(
                    "No key: " + file + " can't be read (the platform makes it at its first start); set BACTRIAN_KEY",
                    e);
        }
    }
}
