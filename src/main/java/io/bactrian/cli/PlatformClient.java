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
import org.jspecify.annotations.Nullable;

/** Talks to the running platform. */
final class PlatformClient {
    static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    PlatformClient(Configuration configuration) {
        this.url = Optional.ofNullable(System.getenv("BACTRIAN_URL"))
                .orElseGet(() -> "http://" + reachable(configuration.required("bactrian.http.host")) + ':'
                        + configuration.required("bactrian.http.port"));
        this.key = key(configuration);
    }

    /**
     * Sends one request and gives the answer's JSON (null where it is empty).
     *
     * @throws CommandException where the platform isn't there or refuses, in its own words
     */
    @Nullable
    JsonNode call(String method, String path, @Nullable JsonNode body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new CommandException(refusal(response));
            }
            return response.body().isBlank() ? null : JSON.readTree(response.body());
        } catch (IOException e) {
            throw new CommandException("No platform answers at " + url + ": start it with ./bactrian run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Interrupted", e);
        }
    }

    private String refusal(HttpResponse<String> response) {
        if (response.statusCode() == 401) {
            return "The platform at " + url + " does not know this key: set BACTRIAN_KEY, or run the command as a user"
                    + " who may read admin.key in the platform's data folder";
        }
        try {
            JsonNode problem = JSON.readTree(response.body());
            String detail = problem.path("detail").asText(problem.path("title").asText());
            return detail.isEmpty() ? "The platform answered " + response.statusCode() : detail;
        } catch (JsonProcessingException e) {
            return "The platform answered " + response.statusCode() + ": " + response.body();
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
