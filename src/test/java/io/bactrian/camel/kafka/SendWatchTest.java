package io.bactrian.camel.kafka;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SendWatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private Instant now = Instant.parse("2026-03-01T10:00:00Z");
    private final SendWatch watch = new SendWatch(() -> "out", "kafka:9092", new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    private boolean silentAfter(Duration time) {
        now = now.plus(time);
        watch.look();
        return watch.silent();
    }

    @Test
    void whereNothingIsUnderWaySilenceMeansNothing() {
        assertFalse(silentAfter(SendWatch.LATE.plus(SECOND)));
        watch.handedOver();
        assertFalse(silentAfter(SendWatch.LATE), "counted from when the record was handed over");
        assertTrue(silentAfter(SECOND));
    }

    @Test
    void whoIsSlowButAnswersIsThere() {
        for (int i = 0; i < 100; i++) {
            watch.handedOver();
            watch.handedOver();
            assertFalse(silentAfter(SendWatch.LATE));
            watch.ended(true);
        }
    }

    @Test
    void onlyAnAcknowledgementEndsIt() {
        watch.handedOver();
        watch.handedOver();
        assertTrue(silentAfter(SendWatch.LATE.plus(SECOND)));
        watch.ended(false);
        assertTrue(watch.silent(), "a record whose time ran out is no answer");
        assertTrue(silentAfter(Duration.ofMinutes(2)));
        watch.ended(true);
        assertFalse(watch.silent());
        assertFalse(silentAfter(Duration.ofMinutes(2)));
    }
}
