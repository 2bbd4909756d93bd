package io.bactrian.hook;

import java.util.Map;

/**
 * One POST to an outbound hook.
 *
 * @param target where it goes and how it is signed
 * @param id the {@code webhook-id}: the same through every retry, restart and replay (invariant 5); holds no dot
 * @param contentType the body's media type
 * @param body sent as it is; not changed by anyone after it was handed over
 * @param headers of this request alone
 */
public record HookRequest(HookTarget target, String id, String contentType, byte[] body, Map<String, String> headers) {

    public HookRequest(HookTarget target, String id, String contentType, byte[] body) {
        this(target, id, contentType, body, Map.of());
    }

    /** Without the body, which may hold anything. */
    @Override
    public String toString() {
        return id + " to " + target + " (" + contentType + ", " + body.length + " bytes)";
    }
}
