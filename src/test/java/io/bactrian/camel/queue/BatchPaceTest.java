package io.bactrian.camel.queue;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BatchPaceTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final BatchPace pace = new BatchPace(now::get);

    @Test
    void whatFailsAgainAndAgainIsTriedLessAndLess() {
        assertTrue(pace.isOpen());
        pace.failed();
        assertFalse(pace.isOpen());
        pass(Duration.ofMillis(250));
        assertTrue(pace.isOpen());
        pace.failed();
        pass(Duration.ofMillis(250));
        assertFalse(pace.isOpen());
        pass(Duration.ofMillis(250));
        assertTrue(pace.isOpen());
        for (int i = 0; i < 20; i++) {
            pace.failed();
            pass(Duration.ofSeconds(30));
            assertTrue(pace.isOpen(), "half a minute at most");
        }
        for (int i = 0; i < 100; i++) {
            pace.passed();
        }
        pace.failed();
        pass(Duration.ofMillis(250));
        assertTrue(pace.isOpen(), "forgotten");
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
