package io.bactrian.camel.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.jetty.MountedServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Add, edit, break, mend, delete, in each language, under requests that never pause. */
class RouteReloadIT {
    @TempDir
    Path routes;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private MountedServer server;
    private RouteFolder folder;

    @BeforeEach
    void begin() throws Exception {
        server = new MountedServer(context);
        context.start();
        folder = new RouteFolder(routes, context);
    }

    @AfterEach
    void end() throws Exception {
        folder.close();
        context.stop();
        server.close();
    }

    enum Language {
        XML("edited.xml") {
            @Override
            String text(int port, String answer) {
                return """
                        <routes>
                          <route id="edited">
                            <from uri="jetty:http://0.0.0.0:%d/edited"/>
                            <setBody><constant>%s</constant></setBody>
                          </route>
                        </routes>
                        """.formatted(port, answer);
            }

            @Override
            String broken(int port) {
                return text(port, "never").replace("jetty:", "jety:");
            }
        },
        YAML("edited.yaml") {
            @Override
            String text(int port, String answer) {
                return """
                        - route:
                            id: edited
                            from:
                              uri: jetty:http://0.0.0.0:%d/edited
                              steps:
                                - setBody:
                                    constant: %s
                        """.formatted(port, answer);
            }

            @Override
            String broken(int port) {
                return text(port, "never").replace("setBody", "setBoddy");
            }
        },
        JAVA("Edited.java") {
            @Override
            String text(int port, String answer) {
                return """
                        import org.apache.camel.builder.RouteBuilder;

                        public class Edited extends RouteBuilder {
                            @Override
                            public void configure() {
                                from("jetty:http://0.0.0.0:%d/edited").routeId("edited").setBody(constant("%s"));
                            }
                        }
                        """.formatted(port, answer);
            }

            @Override
            String broken(int port) {
                return text(port, "never").replace(";\n    }", "\n    }");
            }
        };

        final String file;

        Language(String file) {
            this.file = file;
        }

        abstract String text(int port, String answer);

        abstract String broken(int port);
    }

    /** Asks one path without pause and keeps every answer that isn't one of the expected. */
    private final class Traffic implements AutoCloseable {
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final Set<String> answers = new ConcurrentSkipListSet<>();
        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicLong slowestNanos = new AtomicLong();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean running = true;

        Traffic(String path) {
            for (int i = 0; i < 2; i++) {
                Thread thread = new Thread(() -> ask(path));
                thread.start();
                threads.add(thread);
            }
        }

        private void ask(String path) {
            while (running) {
                long begin = System.nanoTime();
                try {
                    HttpResponse<String> answer = server.get(path);
                    if (answer.statusCode() == 200) {
                        answers.add(answer.body());
                    } else {
                        failures.add(answer.statusCode() + " after " + requests);
                    }
                } catch (IOException | InterruptedException e) {
                    failures.add(e.toString());
                }
                requests.incrementAndGet();
                slowestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
            }
        }

        @Override
        public void close() throws InterruptedException {
            running = false;
            for (Thread thread : threads) {
                thread.join();
            }
        }

        @Override
        public String toString() {
            return requests + " requests, slowest "
                    + Duration.ofNanos(slowestNanos.get()).toMillis() + " ms, answers " + answers + ", failures "
                    + failures;
        }
    }

    private void awaitAnswer(String answer) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> server.get("/edited").body().equals(answer));
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    @DisplayName("invariant 16: five edits under traffic, and no request fails")
    void noRequestFailsWhileAFileIsEdited(Language language) throws Exception {
        int port = server.port();
        folder.write("other.xml", Language.XML.text(port, "other").replace("edited", "other"));
        folder.start();
        String summary;
        try (Traffic other = new Traffic("/other")) {
            folder.write(language.file, language.text(port, "one"));
            awaitAnswer("one");
            try (Traffic edited = new Traffic("/edited")) {
                folder.write(language.file, language.text(port, "two"));
                awaitAnswer("two");
                folder.write(language.file, language.broken(port));
                folder.awaitError(language.file);
                assertEquals("two", server.get("/edited").body());
                folder.write(language.file, language.text(port, "three"));
                awaitAnswer("three");
                edited.close();
                summary = language + " edited: " + edited;
                assertEquals(List.of(), edited.failures, edited::toString);
                assertTrue(edited.answers.containsAll(Set.of("two", "three")), edited::toString);
            }
            folder.delete(language.file);
            folder.awaitGone(language.file);
            assertEquals(404, server.get("/edited").statusCode());
            other.close();
            System.out.println(summary + "; other: " + other);
            assertEquals(List.of(), other.failures, other::toString);
            assertEquals(Set.of("other"), other.answers);
        }
    }

    @Test
    void restRoutesAreReplacedToo() throws Exception {
        String text = """
                <camel>
                  <rest id="shop" path="/shop"><get path="/hello/{name}"><to uri="direct:hello"/></get></rest>
                  <route id="hello"><from uri="direct:hello"/><setBody><simple>%s ${header.name}</simple></setBody></route>
                </camel>
                """;
        folder.write("shop.xml", text.formatted("hello")).start();
        assertEquals("hello you", server.get("/shop/hello/you").body());
        folder.write("shop.xml", text.formatted("bye"));
        Awaitility.await().until(() -> server.get("/shop/hello/you").body().equals("bye you"));
        assertEquals(1, context.getRestDefinitions().size());
        folder.delete("shop.xml");
        folder.awaitGone("shop.xml");
        assertEquals(404, server.get("/shop/hello/you").statusCode());
        assertEquals(0, context.getRestDefinitions().size());
        assertEquals(List.of(), context.getRoutes());
    }
}
