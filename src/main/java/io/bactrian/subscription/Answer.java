package io.bactrian.subscription;

import java.time.Duration;
import java.util.List;

/**
 * One call that an attempt made to the outside, and what came back. Free of secrets: whoever makes one masks them.
 *
 * @param took from the call to the end of its answer
 * @param status of the answer; 0 where none came
 * @param body the answer's first bytes as text
 */
public record Answer(Request request, Duration took, int status, String body) {
    /**
     * What was called; the same instance where call after call is the same but for the change it tells.
     *
     * @param method such as {@code POST}
     * @param target the URL, or the queue or topic, with {@code $SECRET_…} in the place of what may be secret
     * @param headers lines such as {@code Authorization: Bearer $SECRET_AUTHORIZATION}, without those of every call
     * @param signed whether the call was signed (Standard Webhooks)
     * @param contentType empty where there was none
     * @param format how the body says the change, such as {@code cloudevents}; empty where the route made a body of its
     *     own, which is not kept
     * @param id of the message; empty where it is the change's
     */
    public record Request(
            String method,
            String target,
            List<String> headers,
            boolean signed,
            String contentType,
            String format,
            String id) {
        public Request {
            headers = List.copyOf(headers);
        }

        /** The same call, of a message of its own. */
        public Request of(String newContentType, String newFormat, String newId) {
            return new Request(method, target, headers, signed, newContentType, newFormat, newId);
        }
    }
}
