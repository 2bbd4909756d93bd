package io.bactrian.hook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A Standard Webhooks secret: {@code whsec_} and the base64 of 24 to 64 bytes. Immutable, thread-safe; neither its
 * {@link #toString()} nor any message of ours holds it.
 */
public final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final byte[] key;
    /** One per thread: setting up a Mac costs more than signing a small message. */
    private final ThreadLocal<Mac> macs;

    private WebhookSecret(byte[] key) {
        this.key = key;
        this.macs = ThreadLocal.withInitial(() -> mac("HmacSHA256", this.key));
    }

    /**
     * @throws IllegalArgumentException saying what a secret looks like, without the text
     */
    public static WebhookSecret parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("A webhook secret is 'whsec_' and the base64 of 24 to 64 bytes;"
                    + " this text of " + text.length() + " characters doesn't begin with 'whsec_'");
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            // Without the cause: its message quotes characters of the secret.
            throw new IllegalArgumentException("What follows 'whsec_' in a webhook secret is not base64");
        }
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            throw new IllegalArgumentException("A webhook secret has 24 to 64 bytes; this one has " + key.length);
        }
        return new WebhookSecret(key);
    }

    /** One or, during a rotation, several secrets, separated by blanks or commas. */
    public static List<WebhookSecret> parseAll(String texts) {
        List<WebhookSecret> secrets = new ArrayList<>();
        for (String text : texts.replace(',', ' ').trim().split(" +", -1)) {
            secrets.add(parse(text));
        }
        return List.copyOf(secrets);
    }

    /** A new secret of 32 random bytes. */
    public static WebhookSecret generate() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return new WebhookSecret(key);
    }

    /** The secret in clear, to show once to the one who may know it or to store it encrypted. */
    public String reveal() {
        return PREFIX + Base64.getEncoder().encodeToString(key);
    }

    /** HMAC-SHA256 of the two parts, one after the other. */
    byte[] hmac(byte[] head, byte[] body) {
        Mac mac = macs.get();
        mac.update(head);
        return mac.doFinal(body);
    }

    /** A Mac that is ready to sign, for any scheme of the room. */
    static Mac mac(String algorithm, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no " + algorithm, e);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "whsec_***";
    }
}
