package io.bactrian;

import io.bactrian.broker.BrokerException;
import io.bactrian.broker.DeadLetterQueue;
import io.bactrian.broker.MessageLetter;
import io.bactrian.http.MessageLetters;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The broker's dead letters as the operator's API shows them. Thread-safe. */
final class BrokerLetters implements MessageLetters {
    private final DeadLetterQueue letters;

    /** As JSON; the names that a change's dead letter has too mean the same. */
    record Shown(
            String id,
            @Nullable String queue,
            @Nullable String messageId,
            int attempts,
            String error,
            Instant sent,
            @Nullable Instant died,
            long size,
            Map<String, Object> headers,
            String body) {}

    BrokerLetters(DeadLetterQueue letters) {
        this.letters = letters;
    }

    @Override
    public List<Letter> list(long before, int limit) {
        return asked(() ->
                letters.list(before, limit).stream().map(BrokerLetters::shown).toList());
    }

    @Override
    public Optional<Letter> find(long number) {
        return asked(() -> letters.find(number).map(BrokerLetters::shown));
    }

    @Override
    public boolean retry(long number) {
        return asked(() -> letters.retry(number));
    }

    @Override
    public boolean discard(long number) {
        return asked(() -> letters.discard(number));
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (BrokerException e) {
            throw new Unreachable(String.valueOf(e.getMessage()), e);
        }
    }

    private static Letter shown(MessageLetter letter) {
        return new Letter(
                letter.number(),
                new Shown(
                        PREFIX + letter.number(),
                        letter.queue(),
                        letter.messageId(),
                        letter.deliveries(),
                        letter.error(),
                        letter.sent(),
                        letter.died(),
                        letter.size(),
                        letter.headers(),
                        letter.body()));
    }
}
