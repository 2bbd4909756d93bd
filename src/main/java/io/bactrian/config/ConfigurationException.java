package io.bactrian.config;

import org.jspecify.annotations.Nullable;

/** The configuration can't be used; the message names the key, what is wrong with it, and the remedy. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        this(message, null);
    }

    public ConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
