package io.bactrian.camel.kafka;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Tries a record, and decides what a failure means for it. Called by one lane at a time per record; blocks. */
final class RecordAttempts {
    /** The route as its records see it. */
    interface Route {
        /** Takes a record through the route; gives what it failed with, null where it is done. */
        @Nullable
        Throwable process(InboundRecord record);
    }

    private final Route route;
    private final Inbound inbound;

    RecordAttempts(Route route, Inbound inbound) {
        this.route = route;
        this.inbound = inbound;
    }

    /** One try; how long to wait for the next, null where the record is done or kept as a dead letter. */
    @Nullable
    Duration make(InboundRecord record) {
        Throwable reason = record.givenUp;
        if (reason != null) {
            return bury(record, reason);
        }
        Throwable failure = route.process(record);
        if (failure == null) {
            inbound.watch().resolved(record);
            return null;
        }
        record.tries++;
        InboundFailure meaning = InboundFailure.of(failure, now());
        boolean over = switch (meaning.rule()) {
            case FOR_GOOD -> true;
            case COUNTED -> record.tries >= inbound.options().retryMax();
            case NOT_ITS_FAULT -> false;
        };
        if (over) {
            record.givenUp = meaning.told();
            return bury(record, meaning.told());
        }
        inbound.watch().failed(record, InboundFailure.text(meaning.told()));
        Duration said = meaning.delay();
        return said == null ? inbound.options().delay(record.tries) : said;
    }

    private @Nullable Duration bury(InboundRecord record, Throwable reason) {
        try {
            inbound.deadLetters().keep(record, reason);
        } catch (KafkaException e) {
            record.buryings++;
            inbound.watch().failed(record, InboundFailure.text(e));
            return inbound.options().delay(record.buryings);
        }
        inbound.watch().dead(record, inbound.deadLetters().of(record.record.topic()), InboundFailure.text(reason));
        inbound.watch().resolved(record);
        return null;
    }

    private Instant now() {
        return inbound.clock().instant();
    }
}
