package io.bactrian.capture;

/** Capture can't go on as things are; the message says why and names the remedy. */
public final class CaptureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CaptureException(String message) {
        super(message);
    }
}
