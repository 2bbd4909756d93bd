package io.bactrian.hook;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** Verifies an HMAC of the raw body under a shared secret of any text. Thread-safe. */
public final class HmacVerifier implements SignatureVerifier {
    private final HmacScheme scheme;
    private final ThreadLocal<Mac> macs;

    /**
     * @throws IllegalArgumentException where the secret is empty
     */
    public HmacVerifier(HmacScheme scheme, String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("The secret of a signed hook is empty");
        }
        byte[] key = WebhookSecret.utf8(secret);
        String algorithm = Objects.requireNonNull(HmacScheme.ALGORITHMS.get(scheme.algorithm()));
        this.scheme = scheme;
        this.macs = ThreadLocal.withInitial(() -> WebhookSecret.mac(algorithm, key));
    }

    @Override
    public Verdict verify(Map<String, List<String>> headers, byte[] body) {
        String given = Headers.first(headers, scheme.header());
        if (given == null) {
            return new Verdict.Refused("it lacks " + scheme.header());
        }
        byte[] signature = given.startsWith(scheme.prefix())
                ? decoded(given.substring(scheme.prefix().length()))
                : null;
        if (signature == null || !MessageDigest.isEqual(macs.get().doFinal(body), signature)) {
            return new Verdict.Refused("the signature doesn't match");
        }
        String id = scheme.idHeader() == null ? null : Headers.first(headers, scheme.idHeader());
        return id == null || Headers.fitsMessageId(id)
                ? new Verdict.Accepted(id)
                : new Verdict.Refused("its " + scheme.idHeader() + " is empty or longer than 255 characters");
    }

    private byte @Nullable [] decoded(String text) {
        try {
            return scheme.encoding() == HmacScheme.Encoding.HEX
                    ? HexFormat.of().parseHex(text)
                    : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "HMAC in " + scheme.header();
    }
}
