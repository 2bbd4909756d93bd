package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** SEAM (to be implemented): changes that were given up on, kept whole. Thread-safe. */
public final class DeadLetters {
    /** One dead letter. */
    public record DeadLetter(
            long id,
            String subscription,
            Change change,
            int attempts,
            String error,
            Instant firstFailed,
            Instant died) {}

    DeadLetters() {}

    /** Newest first, at most {@code limit} with an id below {@code beforeId}. */
    public List<DeadLetter> list(@Nullable String subscription, long beforeId, int limit) {
        throw new UnsupportedOperationException();
    }

    public Optional<DeadLetter> find(long id) {
        throw new UnsupportedOperationException();
    }

    /** Parks the change again for an immediate try, attempts counted anew; false where there is no such dead letter. */
    public boolean retry(long id) {
        throw new UnsupportedOperationException();
    }

    /** Forgets it; false where there is no such dead letter. */
    public boolean discard(long id) {
        throw new UnsupportedOperationException();
    }
}
