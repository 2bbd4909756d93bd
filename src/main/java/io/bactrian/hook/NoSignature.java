package io.bactrian.hook;

import java.util.List;
import java.util.Map;

/** For callers that show an API key instead of a signature; takes {@code webhook-id} where they send one. */
public final class NoSignature implements SignatureVerifier {
    @Override
    public Verdict verify(Map<String, List<String>> headers, byte[] body) {
        String id = Headers.first(headers, StandardWebhooks.ID);
        return id == null || Headers.fitsMessageId(id)
                ? new Verdict.Accepted(id)
                : new Verdict.Refused("its webhook-id is empty or longer than 255 characters");
    }
}
