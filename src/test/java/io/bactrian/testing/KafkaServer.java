package io.bactrian.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka for tests: one KRaft broker in a process of its own, which can be stopped, killed, and started again on
 * the same port and data. {@link #shared()} is one per JVM, for tests that leave it running.
 */
public final class KafkaServer implements AutoCloseable {
    private final Path folder;
    private final int port = FreePorts.next();
    private final int controller = FreePorts.next();
    private final int login = FreePorts.next();
    private @Nullable Process process;

    private KafkaServer(Path folder) {
        this.folder = folder;
    }

    /** Not started yet. */
    public static KafkaServer in(Path folder) {
        return new KafkaServer(folder);
    }

    /** Started at first use, stopped with the JVM. */
    public static KafkaServer shared() {
        return Holder.SERVER;
    }

    /** What clients connect to, as {@code host:port}. */
    public String brokers() {
        return "127.0.0.1:" + port;
    }

    /** What clients connect to by SASL_PLAINTEXT and PLAIN, as user shop with the password shop-password. */
    public String brokersWithLogin() {
        return "127.0.0.1:" + login;
    }

    public KafkaServer start() {
        launch();
        awaitReady();
        return this;
    }

    /** Starts the process and returns at once. */
    public KafkaServer launch() {
        try {
            Files.createDirectories(folder);
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx384m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=" + (Boolean.getBoolean("kafka.fast") ? 4 : 1),
                            "-cp",
                            System.getProperty("java.class.path"),
                            KafkaNode.class.getName(),
                            folder.toString(),
                            Integer.toString(port),
                            Integer.toString(controller),
                            Integer.toString(login))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public void awaitReady() {
        Awaitility.await()
                .alias("Kafka is up")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> {
                    if (!isAlive()) {
                        throw new AssertionError("Kafka ended: " + Files.readString(log()));
                    }
                    try (Admin admin = admin(1_000)) {
                        return admin.describeCluster().nodes().get().size() == 1;
                    }
                });
    }

    /** SIGTERM, and waits for the orderly end. */
    public void stop() {
        end(false);
    }

    /** kill -9. */
    public void kill() {
        end(true);
    }

    private void end(boolean atOnce) {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            if (atOnce) {
                running.destroyForcibly();
            } else {
                running.destroy();
            }
            if (!running.waitFor(30, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        Process running = process;
        return running == null ? -1 : running.pid();
    }

    public void createTopic(String name, int partitions, Map<String, String> configuration) {
        try (Admin admin = admin(20_000)) {
            NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
            admin.createTopics(List.of(topic.configs(configuration))).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    public boolean hasTopic(String name) {
        try (Admin admin = admin(20_000)) {
            return admin.listTopics().names().get().contains(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    public Admin admin(int timeoutMillis) {
        return Admin.create(Map.of(
                "bootstrap.servers", brokers(),
                "request.timeout.ms", timeoutMillis,
                "default.api.timeout.ms", timeoutMillis));
    }

    @Override
    public void close() {
        kill();
    }

    private Path log() {
        return folder.resolve("kafka.log");
    }

    private static final class Holder {
        static final KafkaServer SERVER = started();

        private static KafkaServer started() {
            try {
                Path folder = Files.createTempDirectory("kafka");
                KafkaServer server = new KafkaServer(folder).start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    server.kill();
                    delete(folder);
                }));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path folder) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                // It lies among temporary files.
            }
        }
    }
}
