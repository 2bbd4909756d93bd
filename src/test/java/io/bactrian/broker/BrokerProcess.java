package io.bactrian.broker;

import io.bactrian.broker.BrokerSettings.Redelivery;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** An Artemis in a process of its own: folder, port, user, password. */
public final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        BrokerSettings settings = new BrokerSettings(
                BrokerSettings.EMBEDDED,
                null,
                null,
                Path.of(arguments[0]),
                List.of("tcp://127.0.0.1:" + arguments[1]),
                Map.of(arguments[2], arguments[3]),
                new Redelivery(10, Duration.ofMillis(50), Duration.ofSeconds(1), 64L << 20));
        Broker.begin(settings, Clock.systemUTC()).awaitStarted();
        System.out.println("started");
        new CountDownLatch(1).await();
    }
}
