package io.bactrian.hook;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.testing.FreePorts;
import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.RawReceiver;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers and name services that hang, lie, vanish or turn on us. */
class HookClientFaultsIT extends Deliveries {
    @Test
    void aReceiverThatNeverAnswersFailsInTimeAndDelaysNoOther() {
        // Invariant 6: whoever hangs holds only its own connections.
        HookReceiver hanging = opened(HookReceiver.start());
        hanging.hang();
        HookReceiver quick = opened(HookReceiver.start());
        HookClient client = client(Clock.systemUTC());
        List<CompletableFuture<DeliveryOutcome>> hung = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            hung.add(sending(client, new HookRequest(target(hanging.url(), Duration.ofSeconds(2)), "a", "a/b", BODY)));
        }

        for (int i = 0; i < 50; i++) {
            assertInstanceOf(DeliveryOutcome.Delivered.class, send(client, request(quick.url())));
        }
        assertFalse(hung.stream().anyMatch(CompletableFuture::isDone));
        for (CompletableFuture<DeliveryOutcome> each : hung) {
            String message = messageOf(each.orTimeout(10, TimeUnit.SECONDS).join());
            assertTrue(message.contains("did not answer within 2.0 s") || message.contains("is busy"), message);
        }
        hanging.answer(204);
        assertInstanceOf(DeliveryOutcome.Delivered.class, send(client, request(hanging.url())));
    }

    @Test
    void aReceiverThatTricklesIsCutOffAtTheTimeout() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        RawReceiver receiver = opened(new RawReceiver(socket -> {
            try {
                RawReceiver.readRequest(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                while (true) {
                    out.write(ascii("H"));
                    Thread.sleep(50);
                }
            } finally {
                closed.countDown();
            }
        }));
        HookRequest request = new HookRequest(target(receiver.url(), Duration.ofMillis(700)), "a", "a/b", BODY);
        assertTrue(messageOf(send(client(Clock.systemUTC()), request)).contains("did not answer within 0.7 s"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage\r\n\r\n",
                "\u0000\u0001\u0002",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 99999 X\r\n\r\n",
                "220 mail.example ESMTP\r\n",
                "HTTP/1.1 500 X\r\ncontent-length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 500 X\r\ncontent-length: 9\r\n\r\nx",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n"
            })
    void garbageForAnAnswerIsAFailureOrWhatItsStatusSaid(String answer) {
        RawReceiver receiver = opened(RawReceiver.saying(answer));
        HookClient client = client(Clock.systemUTC());
        DeliveryOutcome outcome = send(client, request(receiver.url()));
        if (answer.startsWith("HTTP/1.1 200")) {
            assertInstanceOf(DeliveryOutcome.Delivered.class, outcome);
        } else {
            assertTrue(messageOf(outcome).startsWith(receiver.url()), messageOf(outcome));
        }
    }

    @Test
    void aHeadOfAnyLengthIsAFailure() {
        String header = "x-" + "y".repeat(50) + ": " + "z".repeat(1000) + "\r\n";
        RawReceiver receiver = opened(RawReceiver.saying("HTTP/1.1 200 OK\r\n" + header.repeat(5000)));
        assertTrue(messageOf(send(client(Clock.systemUTC()), request(receiver.url())))
                .startsWith(receiver.url()));
    }

    @Test
    void aHugeAnswerIsNotReadToItsEnd() {
        AtomicInteger written = new AtomicInteger();
        RawReceiver receiver = opened(new RawReceiver(socket -> {
            RawReceiver.readRequest(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write(ascii("HTTP/1.1 500 Oh\r\ncontent-length: 4000000000\r\n\r\n"));
            byte[] block = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                out.write(block);
                written.addAndGet(block.length);
            }
        }));

        String message = failure(client(Clock.systemUTC()), receiver.url());

        assertTrue(message.contains(" answered 500: xxx") && message.length() < 300, message);
        assertTrue(written.get() < 64 * 1024 * 1024, "written: " + written);
    }

    @Test
    void whereNothingListensTheMessageSaysSo() throws Exception {
        int port = FreePorts.next();
        String message = failure(client(Clock.systemUTC()), "http://127.0.0.1:" + port + "/x");
        assertEquals("http://127.0.0.1:" + port + "/x refused: nothing listens on 127.0.0.1:" + port, message);
    }

    @Test
    void aNameWithoutAddressSaysSo() {
        HookClient client = client(Clock.systemUTC(), EndpointGuardTest.names(Map.of()));
        String message = failure(client, "http://nowhere.example/x");
        assertTrue(message.contains("knows no host 'nowhere.example'"), message);
    }

    @Test
    void aPrivateTargetIsRefusedWithTheRemedyAndNothingIsSent() {
        RawReceiver receiver = opened(RawReceiver.saying("HTTP/1.1 204 Fine\r\n\r\n"));
        HookClient client = opened(new HookClient(
                HookSettings.of(""),
                new EndpointGuard(List.of(), port -> false, SystemDefaultDnsResolver.INSTANCE),
                Clock.systemUTC()));

        String message = failure(client, receiver.url());

        assertTrue(message.contains("add 127.0.0.1/32 to bactrian.hooks.allow-cidr"), message);
        assertEquals(0, receiver.connections());
    }

    @Test
    void aNameThatTurnsPrivateAfterTheCheckIsDialledWhereItWasChecked() {
        // DNS rebinding: the first look finds a permitted address, all later ones a forbidden one.
        HookReceiver permitted = opened(HookReceiver.start());
        AtomicInteger looks = new AtomicInteger();
        HookClient client = client(Clock.systemUTC(), new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                String address = looks.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254";
                return new InetAddress[] {InetAddress.getByName(address)};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        });
        HookRequest request = request("http://rebinding.example:" + permitted.port() + "/");

        assertInstanceOf(DeliveryOutcome.Delivered.class, send(client, request));

        assertEquals(1, looks.get());
        assertEquals(
                "rebinding.example:" + permitted.port(),
                permitted.calls().get(0).headers().firstValue("host").orElseThrow());
    }

    @Test
    void aNameServiceThatHangsForOneNameDelaysNoOther() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        HookReceiver quick = opened(HookReceiver.start());
        HookClient client = client(Clock.systemUTC(), new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                if (host.startsWith("slow")) {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return new InetAddress[] {InetAddress.getByName("127.0.0.1")};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        });
        List<CompletableFuture<DeliveryOutcome>> slow = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            HookTarget target = target("http://slow.example:" + quick.port() + "/", Duration.ofSeconds(1));
            slow.add(sending(client, new HookRequest(target, "a", "a/b", BODY)));
        }
        assertInstanceOf(DeliveryOutcome.Delivered.class, send(client, request(quick.url())));
        for (CompletableFuture<DeliveryOutcome> each : slow) {
            String message = messageOf(each.get(10, TimeUnit.SECONDS));
            assertTrue(message.contains("did not answer within 1.0 s"), message);
        }
        release.countDown();
    }

    @Test
    void aConnectionTheReceiverClosedMeanwhileIsNotUsedAgain() {
        RawReceiver receiver = opened(RawReceiver.saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        HookClient client = client(Clock.systemUTC());
        int delivered = 0;
        for (int i = 0; i < 20; i++) {
            delivered += send(client, request(receiver.url())) instanceof DeliveryOutcome.Delivered ? 1 : 0;
            await().pollDelay(Duration.ofMillis(20)).until(() -> true);
        }
        assertEquals(20, delivered);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused(@TempDir Path directory) throws Exception {
        Path keys = directory.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        assertEquals(
                0,
                new ProcessBuilder(
                                keytool,
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "a",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-keystore",
                                keys.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.log").toFile())
                        .start()
                        .waitFor());
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(KeyStore.getInstance(keys.toFile(), "changeit".toCharArray()), "changeit".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        RawReceiver receiver = opened(new RawReceiver(socket -> {
            Socket secure = tls.getSocketFactory().createSocket(socket, null, true);
            ((SSLSocket) secure).setUseClientMode(false);
            RawReceiver.readRequest(secure.getInputStream());
            secure.getOutputStream().write(ascii("HTTP/1.1 204 Fine\r\n\r\n"));
        }));

        String message = failure(client(Clock.systemUTC()), "https://127.0.0.1:" + receiver.port() + "/x");

        assertTrue(message.contains("TLS failed") && message.contains("PKIX"), message);
    }
}
