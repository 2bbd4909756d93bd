package io.bactrian.testing;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;

/** Sends hooks signed by a foreign implementation of Standard Webhooks. */
public final class SignedCalls {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Webhook webhook;

    public SignedCalls(String secret) {
        try {
            this.webhook = new Webhook(secret);
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Whether the call was answered with 2xx; false too where nothing answers. */
    public boolean acknowledged(String url, String id, String body) throws InterruptedException {
        try {
            return status(url, id, body) / 100 == 2;
        } catch (IOException e) {
            return false;
        }
    }

    public int status(String url, String id, String body) throws IOException, InterruptedException {
        long now = Instant.now().getEpochSecond();
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header("webhook-id", id)
                    .header("webhook-timestamp", Long.toString(now))
                    .header("webhook-signature", webhook.sign(id, now, body))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(20))
                    .POST(BodyPublishers.ofString(body))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (WebhookSigningException e) {
            throw new IllegalStateException(e);
        }
    }
}
