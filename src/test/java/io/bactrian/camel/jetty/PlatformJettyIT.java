package io.bactrian.camel.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.routes.ReplaceAware;
import io.bactrian.testing.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlatformJettyIT {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private MountedServer server;

    @BeforeEach
    void begin() throws Exception {
        server = new MountedServer(context);
        context.getShutdownStrategy().setTimeout(5);
        context.start();
    }

    @AfterEach
    void end() throws Exception {
        context.stop();
        server.close();
    }

    private interface Routes {
        void on(RouteBuilder builder) throws Exception;
    }

    private void add(Routes routes) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                routes.on(this);
            }
        });
    }

    private String ours(String path) {
        return "jetty:http://0.0.0.0:" + server.port() + path;
    }

    @Test
    void routesOnOurPortAreServedByTheOneServerWhateverTheHostsSpelling() throws Exception {
        add(r -> r.from(ours("/a")).setBody(r.simple("a ${header.x}")));
        add(r -> r.from("jetty:http://localhost:" + server.port() + "/b").setBody(r.constant("b")));
        add(r -> r.from(ours("/c?matchOnUriPrefix=true")).setBody(r.simple("c ${header.CamelHttpPath}")));
        assertEquals("a 1", server.get("/a?x=1").body());
        assertEquals("b", server.get("/b").body());
        assertEquals("c /deep/er", server.get("/c/deep/er").body());
        assertEquals(404, server.get("/nothing").statusCode());
    }

    @Test
    void anotherPortGetsItsOwnServer() throws Exception {
        int other = FreePorts.next();
        add(r -> r.from("jetty:http://127.0.0.1:" + other + "/a").setBody(r.constant("other")));
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other + "/a"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals("other", answer.body());
        assertEquals(404, server.get("/a").statusCode());
    }

    @Test
    void restWorksWithoutConfiguration() throws Exception {
        add(r -> {
            r.rest("/shop").get("/orders/{id}").to("direct:get").post("/orders").to("direct:post");
            r.from("direct:get").setBody(r.simple("order ${header.id}"));
            r.from("direct:post").setBody(r.simple("got ${body}")).setHeader("CamelHttpResponseCode", r.constant(201));
        });
        assertEquals("order 42", server.get("/shop/orders/42").body());
        HttpResponse<String> posted =
                server.send(server.request("/shop/orders").POST(HttpRequest.BodyPublishers.ofString("{\"a\":1}")));
        assertEquals(201, posted.statusCode());
        assertEquals("got {\"a\":1}", posted.body());
        HttpResponse<String> wrong = server.send(server.request("/shop/orders").DELETE());
        assertEquals(405, wrong.statusCode());
        assertEquals("POST", wrong.headers().firstValue("Allow").orElse("").replace(", OPTIONS", ""));
    }

    @Test
    void steeringHeadersComeNeitherInNorOut() throws Exception {
        add(r -> r.from(ours("/h"))
                .setBody(r.simple(
                        "${header.BactrianOrigin}|${header.bactrianid}|${header.CamelFileName}|${header.Fine}"))
                .setHeader("BactrianBefore", r.constant("secret row")));
        HttpResponse<String> answer = server.send(server.request("/h")
                .header("bactrianORIGIN", "evil")
                .header("BACTRIANID", "evil")
                .header("cAmElFileName", "evil")
                .header("Fine", "fine"));
        assertEquals("|||fine", answer.body());
        assertTrue(answer.headers().firstValue("BactrianBefore").isEmpty(), answer.headers()::toString);
    }

    @Test
    void aFailingRouteTellsNoStackTrace() throws Exception {
        add(r -> r.from(ours("/f")).throwException(new IllegalStateException("the password is x")));
        HttpResponse<String> answer = server.get("/f");
        assertEquals(500, answer.statusCode());
        assertFalse(answer.body().contains("password"), answer.body());
    }

    @Test
    void aRouteThatGoesOnInAnotherThreadIsAnsweredWhenItIsDone() throws Exception {
        add(r -> r.from(ours("/async")).threads(1, 1).setBody(r.simple("later ${body}")));
        HttpResponse<String> answer =
                server.send(server.request("/async").POST(HttpRequest.BodyPublishers.ofString("body")));
        assertEquals("later body", answer.body());
        add(r -> r.from(ours("/slow?continuationTimeout=100"))
                .threads(1, 1)
                .delay(800)
                .setBody(r.constant("too late")));
        assertEquals(504, server.get("/slow").statusCode());
    }

    @Test
    void corsReservedPathsAndASecondRouteOnAPathAreRefused() throws Exception {
        assertTrue(refusal("/x?enableCORS=true").contains("enableCORS isn't available"));
        assertTrue(refusal("/api/orders").contains("/api is the platform's own"));
        assertTrue(refusal("/x?sessionSupport=true").contains("sessionSupport"));
        add(r -> r.from(ours("/twice?httpMethodRestrict=GET")).routeId("first").setBody(r.constant("1")));
        add(r -> r.from(ours("/twice?httpMethodRestrict=POST")).setBody(r.constant("2")));
        assertTrue(refusal("/twice?httpMethodRestrict=PUT,GET").contains("served by route first already"));
        assertEquals("1", server.get("/twice").body());
    }

    private String refusal(String path) {
        Throwable cause =
                assertThrows(Exception.class, () -> add(r -> r.from(ours(path)).to("log:x")));
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Test
    void requestsToARouteThatIsBeingReplacedWaitForTheNewOne() throws Exception {
        add(r -> r.from(ours("/swap")).routeId("swap").setBody(r.constant("old")));
        PlatformJetty jetty = context.getComponent("jetty", PlatformJetty.class);
        CompletableFuture<HttpResponse<String>> waiting;
        try (ReplaceAware.Hold hold = jetty.hold()) {
            context.getRouteController().stopRoute("swap");
            context.removeRoute("swap");
            waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return server.get("/swap");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThrows(TimeoutException.class, () -> waiting.get(300, TimeUnit.MILLISECONDS));
            add(r -> r.from(ours("/swap")).routeId("swap").setBody(r.constant("new")));
        }
        assertEquals("new", waiting.get(5, TimeUnit.SECONDS).body());
        assertEquals(404, server.get("/gone").statusCode());
    }

    @Test
    void aRequestWhoseRouteIsStoppedMeanwhileStillGetsItsAnswer() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        add(r -> r.from(ours("/long"))
                .routeId("long")
                .threads(1, 1)
                .process(exchange -> {
                    entered.countDown();
                    go.await(10, TimeUnit.SECONDS);
                })
                .setBody(r.constant("finished")));
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return server.get("/long").body();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> {
            try {
                context.getRouteController().stopRoute("long", 10, TimeUnit.SECONDS);
                context.removeRoute("long");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        go.countDown();
        stop.get(15, TimeUnit.SECONDS);
        assertEquals("finished", answer.get(5, TimeUnit.SECONDS));
    }
}
