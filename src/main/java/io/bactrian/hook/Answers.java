package io.bactrian.hook;

import io.bactrian.subscription.DeliveryOutcome;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.DeadlineTimeoutException;
import org.jspecify.annotations.Nullable;

/** What an answer, or its absence, means for a delivery (Standard Webhooks 1.0.0, "Delivery"). */
final class Answers {
    /** A receiver may not put us off for longer. */
    static final Duration LONGEST_DELAY = Duration.ofHours(24);

    private static final int SHOWN_BODY = 200;

    private Answers() {}

    /**
     * @param body the first bytes of the answer's body
     * @param retryAfter the header's value
     */
    static DeliveryOutcome outcome(
            HookTarget target, int status, byte[] body, @Nullable String retryAfter, Instant now) {
        if (status >= 200 && status < 300) {
            return DeliveryOutcome.Delivered.INSTANCE;
        }
        HookException cause =
                new HookException(target + " answered " + status + hint(status) + shown(target, body), null);
        if (status == 410) {
            return new DeliveryOutcome.Disabled(cause);
        }
        boolean throttles = status == 429 || status == 502 || status == 503 || status == 504;
        Instant time = throttles && retryAfter != null ? retryTime(retryAfter.trim(), now) : null;
        return time == null ? new DeliveryOutcome.Failed(cause) : new DeliveryOutcome.RetryAt(time, cause);
    }

    /** The beginning of an answer's body as an operator may see it. */
    static String text(HookTarget target, byte[] body) {
        // Endpoints repeat what they were sent, debugging ones all of it.
        return body.length == 0 ? "" : target.masked(new String(body, StandardCharsets.UTF_8));
    }

    /** Seconds or an HTTP-date (RFC 9110, 10.2.3), between now and {@link #LONGEST_DELAY}; null for neither. */
    static @Nullable Instant retryTime(String retryAfter, Instant now) {
        Instant latest = now.plus(LONGEST_DELAY);
        Instant time;
        if (!retryAfter.isEmpty() && retryAfter.chars().allMatch(c -> c >= '0' && c <= '9')) {
            time = retryAfter.length() > 9 ? latest : now.plusSeconds(Long.parseLong(retryAfter));
        } else {
            time = DateUtils.parseStandardDate(retryAfter);
        }
        if (time == null) {
            return null;
        }
        return time.isBefore(now) ? now : time.isAfter(latest) ? latest : time;
    }

    /** The failure of a request that got no answer. */
    static DeliveryOutcome failure(HookTarget target, Throwable cause) {
        return new DeliveryOutcome.Failed(new HookException(reason(target, cause), cause));
    }

    static DeliveryOutcome tooLate(HookTarget target) {
        return new DeliveryOutcome.Failed(new HookException(
                target + " did not answer within " + target.timeout().toMillis() / 1000.0 + " s", null));
    }

    private static String reason(HookTarget target, Throwable cause) {
        if (cause instanceof EndpointGuard.EndpointRefused) {
            return String.valueOf(cause.getMessage());
        }
        if (cause instanceof UnknownHostException) {
            return target + " can't be reached: the name service knows no host '"
                    + target.host().getHostName() + "'";
        }
        if (cause instanceof ConnectionRequestTimeoutException || cause instanceof DeadlineTimeoutException) {
            return target + " is busy: all connections to it were in use for "
                    + target.timeout().toSeconds() + " s";
        }
        if (cause instanceof ConnectTimeoutException) {
            return target + " can't be reached: it accepts no connection";
        }
        if (cause instanceof ConnectException) {
            return target + " refused: nothing listens on " + target.host().getHostName() + ':'
                    + target.host().getPort();
        }
        if (cause instanceof SocketTimeoutException) {
            return target + " did not answer within " + target.timeout().toMillis() / 1000.0 + " s";
        }
        if (cause instanceof SSLException) {
            return target + ": TLS failed: " + cause.getMessage();
        }
        if (cause instanceof ConnectionClosedException || cause instanceof NoHttpResponseException) {
            return target + " closed the connection without a whole answer";
        }
        if (cause instanceof HttpException) {
            return target + " answered with something that is not HTTP: "
                    + target.masked(String.valueOf(cause.getMessage()));
        }
        return target + " failed: " + cause;
    }

    private static String hint(int status) {
        return status >= 300 && status < 400 ? " (a redirect, which hooks never follow: subscribe the final URL)" : "";
    }

    /** The body's beginning on one line, without what could disturb a log or a terminal. */
    private static String shown(HookTarget target, byte[] body) {
        // Masked before it is cut.
        String text = text(target, body).trim();
        if (text.isEmpty()) {
            return "";
        }
        StringBuilder shown = new StringBuilder(": ");
        text.codePoints()
                .limit(SHOWN_BODY)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(shown::appendCodePoint);
        return shown.append(text.length() > SHOWN_BODY ? "…" : "").toString();
    }
}
