package io.bactrian.hook;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.hook.InboundHooks.InboundHook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboundHooksTest {
    private final InboundHooks hooks = new InboundHooks(Duration.ofSeconds(30));
    private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void aNameIsServedByOneRouteAtATime() {
        InboundHook first = hook(200);
        hooks.add(first);
        String message = assertThrows(IllegalArgumentException.class, () -> hooks.add(hook(201)))
                .getMessage();
        assertTrue(message.contains("'orders'"), message);
        hooks.remove(hook(202));
        assertEquals(List.of("orders"), hooks.names());
        hooks.remove(first);
        assertEquals(List.of(), hooks.names());
        hooks.add(hook(203));
        assertEquals(List.of("orders"), hooks.names());
    }

    @Test
    void callsThatComeBetweenTwoRoutesWaitForTheSecond() {
        InboundHook first = hook(200);
        hooks.add(first);
        InboundHook found = hooks.find("orders").orElseThrow();
        hooks.remove(first);
        call(hooks.find("orders").orElseThrow());
        hooks.handleLate(found, new Call("orders", Map.of(), Map.of(), new byte[3], null), this::note);
        InboundHook vacancy = hooks.find("orders").orElseThrow();
        assertEquals(0, statuses.size());

        hooks.add(hook(201));

        await().until(() -> statuses.size() == 2);
        call(vacancy);
        hooks.handleLate(found, new Call("orders", Map.of(), Map.of(), new byte[3], null), this::note);
        assertEquals(List.of(201, 201, 201, 201), List.copyOf(statuses));
    }

    @Test
    void theSecondRoutesOwnRulesHoldForThem() {
        InboundHook first = hook(200);
        hooks.add(first);
        hooks.remove(first);
        InboundHook vacancy = hooks.find("orders").orElseThrow();
        InboundHook strict = new InboundHook(
                "orders", (headers, body) -> new SignatureVerifier.Verdict.Refused("no"), 10, false, first.handler());
        call(vacancy);
        hooks.add(strict);
        await().until(() -> statuses.size() == 1);
        call(vacancy);
        hooks.remove(strict);
        hooks.add(new InboundHook("orders", new NoSignature(), 2, false, first.handler()));
        hooks.handleLate(strict, new Call("orders", Map.of(), Map.of(), new byte[3], null), this::note);
        assertEquals(List.of(401, 401, 413), List.copyOf(statuses));
    }

    @Test
    void aCallWithoutAKeyIsNotHandedToARouteThatNeedsOne() {
        InboundHook first = hook(200);
        hooks.add(first);
        hooks.remove(first);
        InboundHook vacancy = hooks.find("orders").orElseThrow();
        hooks.add(new InboundHook("orders", new NoSignature(), 10, true, first.handler()));
        call(vacancy);
        await().until(() -> statuses.size() == 1);
        assertEquals(List.of(503), List.copyOf(statuses));
    }

    @Test
    void withoutASuccessorTheyAreAskedToComeAgainAndTheNameEnds() {
        try (InboundHooks brief = new InboundHooks(Duration.ofMillis(100))) {
            InboundHook first = hook(200);
            brief.add(first);
            brief.remove(first);
            call(brief.find("orders").orElseThrow());
            await().until(() -> statuses.size() == 1);
            assertEquals(List.of(503), List.copyOf(statuses));
            await().until(() -> brief.find("orders").isEmpty());
        }
    }

    @Test
    void noMoreWaitThanMemoryBears() {
        InboundHook first = hook(200);
        hooks.add(first);
        hooks.remove(first);
        for (int i = 0; i < 1100; i++) {
            call(hooks.find("orders").orElseThrow());
        }
        assertEquals(100, statuses.size());
        hooks.close();
        assertEquals(1100, statuses.size());
        assertEquals(List.of(503), statuses.stream().distinct().toList());
    }

    private InboundHook hook(int status) {
        AtomicInteger unique = new AtomicInteger(status);
        return new InboundHook(
                "orders",
                new NoSignature(),
                10,
                false,
                (call, answer) -> answer.accept(new Answer(unique.get(), null, null)));
    }

    private void call(InboundHook hook) {
        hook.handler().handle(new Call("orders", Map.of(), Map.of(), new byte[3], null), this::note);
    }

    private void note(Answer answer) {
        statuses.add(answer.status());
    }
}
