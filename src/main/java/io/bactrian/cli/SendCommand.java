package io.bactrian.cli;

import io.bactrian.hook.StandardWebhooks;
import io.bactrian.hook.WebhookSecret;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends one signed hook. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = "Sends one hook, signed (Standard Webhooks), and prints the answer.",
        footer = {
            "",
            "Example:  ./bactrian send http://127.0.0.1:8080/hooks/orders-in --data '{\"id\": 100, …}'",
            "The same --id again is the same message: it is acknowledged and changes nothing."
        })
final class SendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOption configuration;

    @Parameters(paramLabel = "URL", description = "Where to.")
    private URI url;

    @Option(
            names = "--secret",
            paramLabel = "S",
            description = "The secret to sign with (whsec_…; default: the demo's, demo.hook.secret).")
    private @Nullable String secret;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "JSON",
            description = "The body; @FILE reads it from a file.")
    private String data;

    @Option(names = "--id", paramLabel = "ID", description = "The message's id (default: a new one).")
    private @Nullable String id;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    SendCommand() {
        url = URI.create("");
        data = "";
    }

    @Override
    public Integer call() throws InterruptedException {
        byte[] body = body();
        String message = id != null ? id : "msg_" + UUID.randomUUID().toString().replace("-", "");
        long now = Clock.systemUTC().instant().getEpochSecond();
        String signature = signature(message, now, body);
        try {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", "application/json")
                    .header(StandardWebhooks.ID, message)
                    .header(StandardWebhooks.TIMESTAMP, Long.toString(now))
                    .header(StandardWebhooks.SIGNATURE, signature)
                    .POST(BodyPublishers.ofByteArray(body))
                    .build();
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(PlatformClient.JSON
                        .createObjectNode()
                        .put("id", message)
                        .put("status", answer.statusCode())
                        .put("body", answer.body()));
                return answer.statusCode() / 100 == 2 ? 0 : 1;
            }
            out.println(message + ": " + answer.statusCode() + (answer.body().isBlank() ? "" : " " + answer.body()));
            return answer.statusCode() / 100 == 2 ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage() + " (URL: " + url + ")", e);
        } catch (IOException e) {
            throw new CommandException("Nothing answers at " + url + ": " + e, e);
        }
    }

    private String signature(String message, long now, byte[] body) {
        String chosen = secret != null ? secret : configuration.load().others().get("demo.hook.secret");
        if (chosen == null) {
            throw new CommandException("No secret to sign with: give --secret whsec_…");
        }
        try {
            return StandardWebhooks.sign(message, now, body, WebhookSecret.parseAll(chosen));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private byte[] body() {
        if (!data.startsWith("@")) {
            return data.getBytes(StandardCharsets.UTF_8);
        }
        Path file = Path.of(data.substring(1));
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandException("Can't read " + file + ": " + e.getMessage(), e);
        }
    }
}
