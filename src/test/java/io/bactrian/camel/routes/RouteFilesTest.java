package io.bactrian.camel.routes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of real files over a real Camel context. Over 400 lines, most of them the files themselves. */
class RouteFilesTest {
    @TempDir
    Path temp;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private ProducerTemplate caller;
    private RouteFolder folder;

    @BeforeEach
    void begin() throws IOException {
        context.addComponent("changes", new ChangesDouble());
        context.getPropertiesComponent().addInitialProperty("greeting", "hello");
        context.getShutdownStrategy().setTimeout(5);
        context.start();
        caller = context.createProducerTemplate();
        folder = new RouteFolder(Files.createDirectory(temp.resolve("routes")), context);
        ChangesDouble.OPENED.set(0);
    }

    @AfterEach
    void end() {
        folder.close();
        context.stop();
    }

    private static String xml(String id, String answer) {
        return """
                <routes>
                  <route id="%s">
                    <from uri="direct:%s"/>
                    <setBody><constant>%s</constant></setBody>
                  </route>
                </routes>
                """.formatted(id, id, answer);
    }

    private static String yaml(String id, String answer) {
        return """
                - route:
                    id: %s
                    from:
                      uri: direct:%s
                      steps:
                        - setBody:
                            constant: %s
                """.formatted(id, id, answer);
    }

    private static String java(String type, String id, String answer) {
        return """
                import org.apache.camel.builder.RouteBuilder;

                public class %s extends RouteBuilder {
                    @Override
                    public void configure() {
                        from("direct:%s").routeId("%s").setBody(constant("%s"));
                    }
                }
                """.formatted(type, id, id, answer);
    }

    private String ask(String id) {
        return caller.requestBody("direct:" + id, "", String.class);
    }

    @Test
    @DisplayName("invariant 16: a broken file stops no other at the start")
    void aBrokenFileStopsNoOtherAtTheStart() {
        folder.write("a.xml", xml("a", "1"))
                .write("b.xml", "<routes><route id='b'><from uri='direct:b'/><to uri='htp:x'/></route></routes>")
                .write("sub/c.yaml", yaml("c", "3"))
                .write("D.java", java("D", "d", "4"))
                .write(".hidden.xml", "<nonsense")
                .write("notes.txt", "not a route")
                .start();

        assertEquals(List.of("1", "3", "4"), List.of(ask("a"), ask("c"), ask("d")));
        RouteFileStatus broken = folder.status("b.xml");
        assertEquals(RouteFileStatus.State.BROKEN, broken.state());
        assertEquals(new RouteFileError(1, "unknown component 'htp'"), broken.error());
        assertEquals(List.of("D.java", "a.xml", "b.xml", "c.yaml"), folder.names());
        assertNull(context.getRoute("b"));
    }

    @Test
    void aFileMayUseATemplateOfALaterOne() {
        folder.write("a.xml", """
                        <templatedRoutes>
                          <templatedRoute routeTemplateRef="greeter" routeId="hi">
                            <parameter name="name" value="hi"/>
                          </templatedRoute>
                        </templatedRoutes>
                        """).write("z.yaml", """
                        - routeTemplate:
                            id: greeter
                            parameters:
                              - name: name
                            from:
                              uri: direct:{{name}}
                              steps:
                                - setBody:
                                    constant: "{{greeting}} {{name}}"
                        """).start();

        assertEquals("hello hi", ask("hi"));
        assertEquals(List.of("hi"), folder.status("a.xml").routes());

        folder.write("z.yaml", """
                - routeTemplate:
                    id: greeter
                    parameters:
                      - name: name
                    from:
                      uri: direct:{{name}}
                      steps:
                        - setBody:
                            constant: "bye {{name}}"
                """);
        await().until(() -> ask("hi").equals("bye hi"));
    }

    @Test
    @DisplayName("invariant 16: while a file is broken its old version runs on")
    void theOldVersionRunsOnWhileAFileIsBroken() {
        folder.write("a.xml", xml("a", "1")).start();
        String version = folder.status("a.xml").version();

        folder.write("a.xml", xml("a", "2").replace("</route>", ""));
        RouteFileStatus broken = folder.awaitError("a.xml");
        assertEquals(RouteFileStatus.State.OLD_VERSION_RUNNING, broken.state());
        assertEquals(version, broken.version());
        assertTrue(broken.error().message().startsWith("not well-formed XML"), broken.error()::message);
        assertEquals("1", ask("a"));

        folder.write("a.xml", xml("a", "3"));
        folder.awaitStatus("a.xml", status -> status.error() == null);
        assertEquals("3", ask("a"));
    }

    @Test
    @DisplayName("invariant 16: a file whose text passes the check but fails when it is loaded is put back")
    void whatFailsOnlyInTheLiveContextIsPutBack() {
        folder.write("A.java", java("A", "a", "1")).start();

        folder.write(
                "A.java",
                java("A", "a", "2")
                        .replace(
                                "public void configure() {",
                                "public void configure() { if (getContext().isStarted()) throw"
                                        + " new IllegalStateException(\"only here\");"));
        RouteFileStatus status = folder.awaitError("A.java");
        assertEquals("IllegalStateException: only here", status.error().message());
        assertEquals(RouteFileStatus.State.OLD_VERSION_RUNNING, status.state());
        assertEquals("1", ask("a"));
    }

    @Test
    void filesAreAddedEditedMovedAndDeleted() {
        folder.start();
        folder.write("sub/deep/a.yaml", yaml("a", "1"));
        folder.awaitLoaded("sub/deep/a.yaml", "a");
        assertEquals("1", ask("a"));

        folder.write("sub/deep/a.yaml", yaml("b", "2"));
        folder.awaitLoaded("sub/deep/a.yaml", "b");
        assertNull(context.getRoute("a"));
        assertEquals("2", ask("b"));

        folder.delete("sub/deep/a.yaml");
        folder.awaitGone("a.yaml");
        assertTrue(context.getRoutes().isEmpty());
    }

    @Test
    void anEditorThatTruncatesWritesInPartsOrRenamesIsWaitedFor() throws IOException {
        folder.write("a.xml", xml("a", "1")).start();
        Path file = folder.directory.resolve("a.xml");
        String text = xml("a", "2");
        try (var out = Files.newBufferedWriter(file, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (char c : text.toCharArray()) {
                out.write(c);
                out.flush();
            }
        }
        await().until(() -> ask("a").equals("2"));

        Path other = folder.directory.resolve("a.xml.tmp");
        Files.writeString(other, xml("a", "3"));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        await().until(() -> ask("a").equals("3"));
        assertNull(folder.status("a.xml").error());
    }

    @Test
    void anIdOfAnotherFileIsRefusedUntilTheOtherGivesItUp() {
        folder.write("a.xml", xml("a", "1")).start();
        folder.write("b.yaml", yaml("a", "2"));
        RouteFileStatus refused = folder.awaitError("b.yaml");
        assertEquals(new RouteFileError(1, "the route id 'a' belongs to routes/a.xml"), refused.error());
        assertEquals("1", ask("a"));

        folder.delete("a.xml");
        folder.awaitLoaded("b.yaml", "a");
        assertEquals("2", ask("a"));
    }

    @Test
    void anIdUsedTwiceInAFileIsRefused() {
        folder.write("a.yaml", yaml("a", "1") + yaml("a", "2")).start();
        assertEquals(
                "the route id 'a' is used twice in this file",
                folder.status("a.yaml").error().message());
        assertTrue(context.getRoutes().isEmpty());
    }

    @Test
    void aRouteOnChangesNeedsAnId() {
        String without = """
                <routes>
                  <route>
                    <from uri="changes:orders"/>
                    <to uri="log:x"/>
                  </route>
                </routes>
                """;
        folder.write("a.xml", without)
                .write("b.xml", without.replace("<route>", "<route id='orders-out'>"))
                .write("C.java", java("C", "c", "1").replace("direct:c\").routeId(\"c\")", "changes:orders\")"))
                .write(
                        "d.yaml",
                        yaml("d", "1").replace("direct:d", "changes:orders").replace("    id: d\n", ""))
                .start();
        String cause = "a route that consumes changes: needs an explicit route id:"
                + " it names the subscription whose place is kept";
        assertEquals(new RouteFileError(3, cause), folder.status("a.xml").error());
        assertEquals(new RouteFileError(6, cause), folder.status("C.java").error());
        assertEquals(new RouteFileError(3, cause), folder.status("d.yaml").error());
        assertEquals(Set.of("orders-out"), folder.files().subscriptions());
        assertEquals(1, ChangesDouble.OPENED.get());
    }

    @Test
    void checkingOpensNoSubscription() throws IOException {
        folder.start();
        Path file = Files.writeString(
                temp.resolve("x.xml"),
                "<routes><route id='x'><from uri='changes:orders'/><to uri='log:{{greeting}}'/></route></routes>");
        assertTrue(folder.files().validate(file).isEmpty());
        assertEquals(0, ChangesDouble.OPENED.get());
        assertTrue(context.getRoutes().isEmpty());

        Files.writeString(file, "<routes><route id='x'>\n<from uri='changes:orders?nix=1'/></route></routes>");
        assertEquals(
                new RouteFileError(2, "unknown option 'nix' of changes:"),
                folder.files().validate(file).orElseThrow());
    }

    @Test
    void aRemovedSubscriptionIsToldOnceAndARenamedFileKeepsIt() throws IOException {
        String text = "<routes><route id='%s'><from uri='changes:orders%s'/><to uri='log:x'/></route></routes>";
        folder.write("a.xml", text.formatted("one", "")).start();

        Files.move(folder.directory.resolve("a.xml"), folder.directory.resolve("b.xml"));
        folder.awaitLoaded("b.xml", "one");
        assertEquals(List.of(), folder.orphaned);

        folder.write("b.xml", text.formatted("two", "?subscription=kept"));
        folder.awaitLoaded("b.xml", "two");
        assertEquals(List.of(Set.of("one")), folder.orphaned);

        folder.delete("b.xml");
        folder.awaitGone("b.xml");
        assertEquals(List.of(Set.of("one"), Set.of("kept")), folder.orphaned);
    }

    @Test
    void aStepThatFinishesTheExchangeEarlyIsWarnedOf() {
        folder.write("a.xml", """
                        <routes>
                          <route id="a">
                            <from uri="changes:orders"/>
                            <filter>
                              <simple>${body} != null</simple>
                              <to uri="seda:later"/>
                            </filter>
                          </route>
                        </routes>
                        """).start();
        RouteFileStatus status = folder.status("a.xml");
        assertEquals(RouteFileStatus.State.LOADED, status.state());
        assertEquals(1, status.warnings().size());
        assertTrue(
                status.warnings().get(0).startsWith("routes/a.xml:6 route a: the step to seda: finishes"),
                status.warnings()::toString);
    }

    @Test
    void exchangesInFlightAreFinishedByTheVersionThatTookThem() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        org.apache.camel.Processor gate = exchange -> {
            entered.countDown();
            go.await(10, TimeUnit.SECONDS);
        };
        context.getRegistry().bind("gate", gate);
        String text = xml("a", "1").replace("<setBody>", "<process ref=\"gate\"/><setBody>");
        folder.write("a.xml", text).start();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask("a"));
        assertTrue(entered.await(10, TimeUnit.SECONDS));

        folder.write("a.xml", xml("a", "2"));
        await().until(() -> context.getRouteController().getRouteStatus("a") == null
                || !context.getRouteController().getRouteStatus("a").isStarted()
                || context.getInflightRepository().size("a") == 1);
        go.countDown();
        assertEquals("1", answer.get(10, TimeUnit.SECONDS));
        await().until(() -> ask("a").equals("2"));
    }

    @Test
    void aRouteWhosePortIsTakenIsTriedAgainAndOthersRun() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            port = taken.getLocalPort();
            folder.write(
                            "a.xml",
                            "<routes><route id='busy'><from uri='jetty:http://127.0.0.1:" + port
                                    + "/x'/><to uri='log:x'/></route>"
                                    + "<route id='free'><from uri='direct:free'/>"
                                    + "<setBody><constant>free</constant></setBody></route></routes>")
                    .start();
            RouteFileStatus status = folder.status("a.xml");
            assertEquals(RouteFileStatus.State.LOADED, status.state());
            assertEquals(
                    List.of("busy"),
                    status.waiting().stream().map(WaitingRoute::route).toList());
            assertEquals("free", ask("free"));
        }
        folder.awaitStatus("a.xml", status -> status.waiting().isEmpty());
        assertTrue(context.getRouteController().getRouteStatus("busy").isStarted());
    }

    @Test
    void beansAndTemplatesOfADeletedFileGoWithIt() {
        folder.write("a.xml", """
                        <camel>
                          <bean name="words" type="java.lang.StringBuilder"/>
                          <routeTemplate id="t"><route><from uri="direct:t"/><to uri="log:t"/></route></routeTemplate>
                          <route id="a"><from uri="direct:a"/><setBody><simple>${bean:words?method=length}</simple></setBody></route>
                        </camel>
                        """).start();
        assertEquals(RouteFileStatus.State.LOADED, folder.status("a.xml").state());
        assertEquals("0", ask("a"));
        folder.write("a.xml", xml("a", "2"));
        await().until(() -> ask("a").equals("2"));
        assertNull(context.getRegistry().lookupByName("words"));
        assertTrue(context.getRouteTemplateDefinitions().isEmpty());
    }

    @Test
    void aFileThatUsesAConnectorIsReplacedWithWhatTheConnectorMade() {
        folder.write("shout.kamelet.yaml", shout("${body}{{mark}}"))
                .write("a.xml", xml("a", "hey").replace("</route>", "<to uri='kamelet:shout?mark=!'/></route>"))
                .write("b.xml", xml("b", "ho").replace("</route>", "<to uri='kamelet:shout?mark=!'/></route>"))
                .start();
        assertEquals("hey!", ask("a"));
        assertEquals("ho!", ask("b"));

        folder.write("a.xml", xml("a", "hoy").replace("</route>", "<to uri='kamelet:shout?mark=!'/></route>"));
        await().until(() -> ask("a").equals("hoy!"));
        assertEquals("ho!", ask("b"));

        folder.delete("a.xml");
        folder.awaitGone("a.xml");
        assertEquals("ho!", ask("b"));
        assertEquals(List.of("b"), folder.status("b.xml").routes());

        folder.write("shout.kamelet.yaml", shout("${body}{{mark}}{{mark}}"));
        await().until(() -> ask("b").equals("ho!!"));
        folder.delete("b.xml");
        folder.awaitGone("b.xml");
        assertEquals(List.of(), context.getRouteDefinitions());
    }

    private static String shout(String body) {
        return """
                apiVersion: camel.apache.org/v1
                kind: Kamelet
                metadata:
                  name: shout
                spec:
                  definition:
                    title: Shout
                    properties:
                      mark:
                        type: string
                  template:
                    from:
                      uri: kamelet:source
                      steps:
                        - setBody:
                            simple: "%s"
                """.formatted(body);
    }

    @Test
    void aClassThatCannotBeMadeIsReportedAndTheOthersGoOn() {
        folder.write("a.xml", xml("a", "1")).start();
        folder.write(
                "B.java",
                java("B", "b", "1")
                        .replace(
                                "    @Override",
                                "    static final int N = Integer.parseInt(\"nine\");\n    @Override"));
        RouteFileStatus status = folder.awaitError("B.java");
        assertEquals("For input string: \"nine\"", status.error().message());
        assertEquals(4, status.error().line());
        folder.write("a.xml", xml("a", "2"));
        await().until(() -> ask("a").equals("2"));
    }

    @Test
    void anEmptyFileAndAnUnknownRootAreRefusedButACommentedOutOneIsNot() {
        folder.write("a.xml", "  ")
                .write("b.xml", "<project/>")
                .write("c.yaml", "# - route:\n#    id: c\n")
                .write("d.yaml", "route:\n  id: d\n")
                .write("e.xml", "<camel>\n<restConfiguration component='jetty'/></camel>")
                .start();
        assertEquals("the file is empty", folder.status("a.xml").error().message());
        assertEquals(1, folder.status("b.xml").error().line());
        assertNull(folder.status("c.yaml").error());
        assertEquals(1, folder.status("d.yaml").error().line());
        assertEquals(2, folder.status("e.xml").error().line());
    }

    @Test
    void aSecretInAnAddressIsNotRepeated() {
        folder.write(
                        "a.xml",
                        "<routes><route id='a'><from uri='timer:a?perod=1&amp;password=hunter2'/>"
                                + "<to uri='log:x'/></route></routes>")
                .start();
        String message = folder.status("a.xml").error().message();
        assertTrue(!message.contains("hunter2"), message);
    }

    @Test
    void filesAreReloadedEvenWhenNoTimeStampTells() throws IOException {
        folder.write("a.xml", xml("a", "1")).start();
        Path file = folder.directory.resolve("a.xml");
        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, xml("a", "2"));
        Files.setLastModifiedTime(file, time);
        await().atMost(Duration.ofSeconds(10)).until(() -> ask("a").equals("2"));
    }
}
