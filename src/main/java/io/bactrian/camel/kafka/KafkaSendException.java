package io.bactrian.camel.kafka;

import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Kafka didn't take a record; the message says why and what can be done. */
final class KafkaSendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean ofTheRecord;

    private KafkaSendException(String message, boolean ofTheRecord, Throwable cause) {
        super(message, cause);
        this.ofTheRecord = ofTheRecord;
    }

    static KafkaSendException of(String topic, Throwable cause) {
        boolean ofTheRecord = cause instanceof RecordTooLargeException
                || cause instanceof SerializationException
                || cause instanceof InvalidRecordException;
        return new KafkaSendException(
                "Kafka didn't take a record for " + topic + ": " + reason(cause), ofTheRecord, cause);
    }

    /** Whether the record itself is what Kafka doesn't take, so that trying again won't help. */
    boolean ofTheRecord() {
        return ofTheRecord;
    }

    private static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof TimeoutException) {
            return "no answer in time; is it there, and does the topic exist? (" + text + ")";
        }
        if (cause instanceof RecordTooLargeException) {
            return text + " Raise the topic's max.message.bytes where it must be that large.";
        }
        if (cause instanceof AuthorizationException || cause instanceof AuthenticationException) {
            return text + " Check the user that camel.component.kafka.* names, and what it may do.";
        }
        return cause.getClass().getSimpleName() + ": " + text;
    }
}
