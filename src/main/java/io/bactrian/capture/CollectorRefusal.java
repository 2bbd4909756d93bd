package io.bactrian.capture;

/** Collecting can't begin; the state and the message say why, the message with the remedy. */
final class CollectorRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CollectorStatus.State state;

    CollectorRefusal(CollectorStatus.State state, String message) {
        super(message);
        this.state = state;
    }

    CollectorStatus.State state() {
        return state;
    }
}
