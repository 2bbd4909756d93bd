package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** A handler that answers as the test says, at once, and remembers what it was told. */
final class Receiver implements ChangeHandler {
    private final List<Change> delivered = new ArrayList<>();
    private final List<List<Change>> calls = new ArrayList<>();
    private final List<Integer> attempts = new ArrayList<>();
    private final List<String> generations = new ArrayList<>();
    private volatile Function<Change, DeliveryOutcome> answer = change -> DeliveryOutcome.Delivered.INSTANCE;

    /** What it answers from now on, by the first change of a call. */
    Receiver answers(Function<Change, DeliveryOutcome> outcome) {
        answer = outcome;
        return this;
    }

    Receiver refuses() {
        return answers(change -> new DeliveryOutcome.Failed(new IllegalStateException("refused")));
    }

    Receiver accepts() {
        return answers(change -> DeliveryOutcome.Delivered.INSTANCE);
    }

    @Override
    public void handle(List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> done) {
        DeliveryOutcome outcome = answer.apply(changes.get(0));
        synchronized (this) {
            calls.add(List.copyOf(changes));
            attempts.add(attempt);
            generations.add(changes.get(0).position() + "/" + generation);
            if (outcome instanceof DeliveryOutcome.Delivered) {
                delivered.addAll(changes);
            }
        }
        done.accept(outcome);
    }

    /** Positions of what it accepted, in order. */
    synchronized List<Long> delivered() {
        return delivered.stream().map(Change::position).toList();
    }

    synchronized List<Long> delivered(String key) {
        return delivered.stream()
                .filter(change -> change.keyJson().equals(key))
                .map(Change::position)
                .toList();
    }

    synchronized List<Change> changes() {
        return List.copyOf(delivered);
    }

    synchronized List<List<Change>> calls() {
        return List.copyOf(calls);
    }

    /** The first position and the generation of each call, such as 7/0, sorted by position. */
    synchronized List<String> generations() {
        return generations.stream().sorted().toList();
    }

    synchronized List<Integer> attempts() {
        return List.copyOf(attempts);
    }
}
