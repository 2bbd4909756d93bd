package io.bactrian.hook;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether a call is the sender's: over the raw bytes, in constant time. Thread-safe. */
public interface SignatureVerifier {
    /**
     * @param headers lower-case names
     * @return the verdict; a refusal's reason is safe to log and never holds the secret
     */
    Verdict verify(Map<String, List<String>> headers, byte[] body);

    /** Accepted with the message's id where the scheme has one, or refused with the reason. */
    sealed interface Verdict {
        record Accepted(@Nullable String messageId) implements Verdict {}

        record Refused(String reason) implements Verdict {}
    }
}
