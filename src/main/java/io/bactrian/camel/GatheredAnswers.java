package io.bactrian.camel;

import io.bactrian.subscription.Answer;
import io.bactrian.subscription.DeliveryOutcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * The answers to the calls that one delivery attempt makes, gathered while its exchange goes through the route, for the
 * record that an operator reads. Thread-safe: parts of a split exchange share one.
 */
public final class GatheredAnswers {
    /** A splitter may call once a row: what comes first, and the last, tell enough. */
    private static final int MOST = 20;

    private List<Answer> answers = List.of();

    /** Adds an answer to those of the attempt that an exchange belongs to; does nothing where it belongs to none. */
    public static void add(Exchange exchange, Answer answer) {
        if (exchange.getProperty(BactrianProperties.ANSWERS) instanceof GatheredAnswers gathered) {
            gathered.add(answer);
        }
    }

    private synchronized void add(Answer answer) {
        if (answers.isEmpty()) {
            answers = List.of(answer);
            return;
        }
        if (answers.size() == 1) {
            answers = new ArrayList<>(answers);
        } else if (answers.size() == MOST) {
            answers.remove(MOST - 1);
        }
        answers.add(answer);
    }

    /** The outcome with what was gathered, or with its own answers where nothing was. */
    public synchronized DeliveryOutcome completing(DeliveryOutcome outcome) {
        return answers.isEmpty() ? outcome : outcome.with(List.copyOf(answers));
    }
}
