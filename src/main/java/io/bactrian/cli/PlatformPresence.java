package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.config.Configuration;
import io.bactrian.doctor.Finding;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a platform answers where the configuration says, and whether it knows our key. */
final class PlatformPresence {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Finding> findings = new ArrayList<>();
    private @Nullable PlatformClient client;

    private PlatformPresence() {}

    static PlatformPresence of(Configuration configuration) {
        PlatformPresence presence = new PlatformPresence();
        presence.look(configuration);
        return presence;
    }

    /** Of port, platform and key. */
    List<Finding> findings() {
        return findings;
    }

    /** Whether there is one, and it takes our key. */
    boolean isRunning() {
        return client != null;
    }

    /** What the running platform finds out about itself. */
    List<Finding> itsOwn() {
        List<Finding> own = new ArrayList<>();
        JsonNode answer = running().call("GET", "/api/doctor", null);
        if (answer != null) {
            answer.forEach(each -> own.add(new Finding(
                    each.path("subject").asText(),
                    Finding.State.valueOf(each.path("state").asText().toUpperCase(Locale.ROOT)),
                    each.path("detail").asText(),
                    each.path("remedy").isTextual() ? each.path("remedy").asText() : null)));
        }
        return own;
    }

    JsonNode simulate(String database) {
        JsonNode answer = running().call("POST", "/api/doctor/simulate?database=" + UrlText.encode(database), null);
        return answer == null ? PlatformClient.JSON.nullNode() : answer;
    }

    private PlatformClient running() {
        PlatformClient there = client;
        if (there == null) {
            throw new CommandException("The platform isn't running: start it with ./bactrian run");
        }
        return there;
    }

    private void look(Configuration configuration) {
        String url = PlatformClient.url(configuration);
        String answer = answerOf(url);
        if (answer == null) {
            findings.add(Finding.warning(
                    "platform",
                    "not running: nothing answers at " + url + "; only what can be seen without it is checked",
                    "./bactrian run"));
            port(configuration);
            return;
        }
        if (!answer.contains("\"status\"")) {
            findings.add(Finding.failed(
                    "platform",
                    "what answers at " + url + " is another program",
                    "stop that one, or set bactrian.http.port to another port"));
            return;
        }
        findings.add(Finding.ok("platform", "running at " + url));
        try {
            PlatformClient candidate = new PlatformClient(configuration);
            candidate.call("GET", "/api/databases", null);
            client = candidate;
            keyFile(configuration);
        } catch (CommandException e) {
            findings.add(Finding.failed("key", String.valueOf(e.getMessage()), null));
        }
    }

    private static @Nullable String answerOf(String url) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/health/live"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> response =
                    HttpClient.newBuilder().connectTimeout(PATIENCE).build().send(request, BodyHandlers.ofString());
            return response.body();
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Nothing answered by HTTP; something else may listen there. */
    private void port(Configuration configuration) {
        int port = configuration.integer("bactrian.http.port", 0, 65535);
        String host = configuration.required("bactrian.http.host");
        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            findings.add(Finding.ok("port", host + ":" + free.getLocalPort() + " is free"));
        } catch (BindException e) {
            findings.add(Finding.failed(
                    "port",
                    host + ":" + port + " can't be listened on: " + e.getMessage(),
                    "stop what has it, or set bactrian.http.port (or .host) to another"));
        } catch (IOException e) {
            findings.add(Finding.failed(
                    "port", host + " is no address of this machine: " + e.getMessage(), "correct bactrian.http.host"));
        }
    }

    private void keyFile(Configuration configuration) {
        Path file = configuration.path("bactrian.store.directory").resolve("admin.key");
        if (!Files.exists(file)) {
            findings.add(Finding.ok("key", "the platform knows it"));
            return;
        }
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            boolean others = rights.stream().anyMatch(right -> !right.name().startsWith("OWNER_"));
            findings.add(
                    others
                            ? Finding.warning(
                                    "key", file + " can be read by others than its owner", "chmod 600 " + file)
                            : Finding.ok("key", "the platform knows it; " + file + " is its owner's alone"));
        } catch (IOException | UnsupportedOperationException e) {
            findings.add(Finding.ok("key", "the platform knows it"));
        }
    }
}
