package io.bactrian.hook;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a sender signs the raw body with an HMAC.
 *
 * @param header the header that carries the signature, lower-case
 * @param prefix what stands before the signature, such as {@code sha256=}; may be empty
 * @param algorithm one of {@link #ALGORITHMS}' names
 * @param encoding how the signature is written
 * @param idHeader the header that names the message, lower-case, or null where the sender names none
 */
public record HmacScheme(
        String header,
        String prefix,
        String algorithm,
        Encoding encoding,
        @Nullable String idHeader) {

    /** The names a user may give, and Java's. */
    static final Map<String, String> ALGORITHMS =
            Map.of("sha1", "HmacSHA1", "sha256", "HmacSHA256", "sha512", "HmacSHA512");

    /** How a header writes the bytes of a signature. */
    public enum Encoding {
        HEX,
        BASE64
    }

    /** GitHub's webhooks, with {@code X-GitHub-Delivery} as the message's id. */
    public static final HmacScheme GITHUB =
            new HmacScheme("x-hub-signature-256", "sha256=", "sha256", Encoding.HEX, "x-github-delivery");

    public HmacScheme {
        header = header.toLowerCase(Locale.ROOT);
        algorithm = algorithm.toLowerCase(Locale.ROOT).replace("-", "").replace("hmac", "");
        if (header.isBlank()) {
            throw new IllegalArgumentException("verify=hmac needs header=: the header that carries the signature");
        }
        if (!ALGORITHMS.containsKey(algorithm)) {
            throw new IllegalArgumentException("algorithm=" + algorithm + " is not one of sha1, sha256, sha512");
        }
    }

    /**
     * @throws IllegalArgumentException naming the encoding and what is allowed
     */
    public static Encoding encoding(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "hex" -> Encoding.HEX;
            case "base64" -> Encoding.BASE64;
            default -> throw new IllegalArgumentException("encoding=" + word + " is not one of hex, base64");
        };
    }
}
