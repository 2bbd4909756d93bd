package io.bactrian.http;

import java.util.List;
import java.util.Optional;

/**
 * The dead letters of a broker, beside those of the subscriptions: given by {@code Main}. Asks the broker, which may take
 * a while.
 *
 * <p>Elements are records and maps, ready for JSON, with an {@code id} that begins with {@link #PREFIX}.
 */
public interface MessageLetters {
    /** What the ids begin with. */
    String PREFIX = "queue-";

    /** Where there is no broker. */
    MessageLetters NONE = new MessageLetters() {
        @Override
        public List<Letter> list(long before, int limit) {
            return List.of();
        }

        @Override
        public Optional<Letter> find(long number) {
            return Optional.empty();
        }

        @Override
        public boolean retry(long number) {
            return false;
        }

        @Override
        public boolean discard(long number) {
            return false;
        }
    };

    /** The broker can't be reached, or refuses. */
    final class Unreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * One dead letter.
     *
     * @param number the broker's own for it: later ones are higher
     * @param shown ready for JSON
     */
    record Letter(long number, Object shown) {}

    /**
     * Newest first, at most {@code limit} with a number below {@code before}.
     *
     * @throws Unreachable where the broker is
     */
    List<Letter> list(long before, int limit);

    Optional<Letter> find(long number);

    /** Sends it back to where it came from; false where there is no such dead letter. */
    boolean retry(long number);

    /** Forgets it; false where there is no such dead letter. */
    boolean discard(long number);
}
