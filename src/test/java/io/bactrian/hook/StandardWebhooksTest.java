package io.bactrian.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.standardwebhooks.Webhook;
import io.bactrian.hook.SignatureVerifier.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardWebhooksTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIME = 1614265330;
    private static final byte[] BODY = utf8("{\"test\": 2432232314}");
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void signsThePublishedVector() {
        assertEquals(SIGNATURE, StandardWebhooks.sign(ID, TIME, BODY, WebhookSecret.parseAll(SECRET)));
    }

    @Test
    void acceptsThePublishedVectorAndGivesItsId() {
        assertEquals(new Verdict.Accepted(ID), verifier(TIME, SECRET).verify(headers(ID, TIME, SIGNATURE), BODY));
    }

    @Test
    void whatWeSignAnotherLibraryVerifies() throws Exception {
        WebhookSecret secret = WebhookSecret.generate();
        long now = Instant.now().getEpochSecond();
        byte[] body = utf8("{\"name\":\"Grüße 🐫\"}");
        String signature = StandardWebhooks.sign("main-1-7", now, body, List.of(secret));

        new Webhook(secret.reveal())
                .verify(new String(body, StandardCharsets.UTF_8), headers("main-1-7", now, signature));
    }

    @Test
    void whatAnotherLibrarySignsWeVerify() throws Exception {
        String signature = new Webhook(SECRET).sign("msg_1", TIME, "{\"a\":\"ü\"}");

        assertAccepted(verifier(TIME, SECRET).verify(headers("msg_1", TIME, signature), utf8("{\"a\":\"ü\"}")));
    }

    @Test
    void aTamperedBodyIsRefused() {
        byte[] tampered = BODY.clone();
        tampered[5] ^= 1;
        assertRefused("signature", verifier(TIME, SECRET).verify(headers(ID, TIME, SIGNATURE), tampered));
    }

    @Test
    void aTamperedIdOrTimeIsRefused() {
        assertRefused("signature", verifier(TIME, SECRET).verify(headers("msg_other", TIME, SIGNATURE), BODY));
        assertRefused("signature", verifier(TIME, SECRET).verify(headers(ID, TIME + 1, SIGNATURE), BODY));
    }

    @Test
    void anotherSecretsSignatureIsRefused() {
        assertRefused(
                "signature",
                verifier(TIME, WebhookSecret.generate().reveal()).verify(headers(ID, TIME, SIGNATURE), BODY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v1", "v1,", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1a,AAAA", "äöü", " "})
    void garbageForASignatureIsRefused(String signature) {
        assertRefused("signature", verifier(TIME, SECRET).verify(headers(ID, TIME, signature), BODY));
    }

    @Test
    void aTimestampMayBe300SecondsOffEitherWayAndNoMore() {
        Map<String, List<String>> call = headers(ID, TIME, SIGNATURE);
        assertAccepted(verifier(TIME + 300, SECRET).verify(call, BODY));
        assertAccepted(verifier(TIME - 300, SECRET).verify(call, BODY));
        assertRefused("too old", verifier(TIME + 301, SECRET).verify(call, BODY));
        assertRefused("too new", verifier(TIME - 301, SECRET).verify(call, BODY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1614265330.5", "99999999999999999999", "-1", "9223372036854775807"})
    void aTimestampThatIsNoTimeIsRefused(String timestamp) {
        Map<String, List<String>> call = headers(ID, TIME, SIGNATURE);
        call.put("webhook-timestamp", List.of(timestamp));
        assertRefused("timestamp", verifier(TIME, SECRET).verify(call, BODY));
    }

    @Test
    void duringARotationEitherSecretWillDo() {
        String other = WebhookSecret.generate().reveal();
        List<WebhookSecret> both = WebhookSecret.parseAll(other + ", " + SECRET);
        String signatures = StandardWebhooks.sign(ID, TIME, BODY, both);

        assertEquals(2, signatures.split(" ").length);
        assertAccepted(verifier(TIME, SECRET).verify(headers(ID, TIME, signatures), BODY));
        assertAccepted(verifier(TIME, other).verify(headers(ID, TIME, signatures), BODY));
        assertAccepted(verifier(TIME, other + " " + SECRET).verify(headers(ID, TIME, SIGNATURE), BODY));
    }

    @Test
    void anIdWithADotIsRefusedForItsSignatureCouldStandForAnotherSplit() {
        String signature = StandardWebhooks.sign("a", 17, utf8(TIME + ".{}"), WebhookSecret.parseAll(SECRET));

        assertRefused("dot", verifier(TIME, SECRET).verify(headers("a.17", TIME, signature), utf8("{}")));
        assertThrows(
                IllegalArgumentException.class,
                () -> StandardWebhooks.sign("a.17", TIME, BODY, WebhookSecret.parseAll(SECRET)));
    }

    @Test
    void aCallWithoutItsHeadersIsRefused() {
        for (String header : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
            Map<String, List<String>> call = headers(ID, TIME, SIGNATURE);
            call.remove(header);
            assertRefused("lacks", verifier(TIME, SECRET).verify(call, BODY));
        }
    }

    @Test
    void svixNamesOfTheHeadersWillDoToo() {
        Map<String, List<String>> call = new HashMap<>();
        headers(ID, TIME, SIGNATURE).forEach((name, value) -> call.put(name.replace("webhook-", "svix-"), value));
        assertAccepted(verifier(TIME, SECRET).verify(call, BODY));
    }

    @Test
    void secretsHave24To64BytesAndStayUnseen() {
        assertEquals(SECRET, WebhookSecret.parse(SECRET).reveal());
        assertFalse(WebhookSecret.parse(SECRET).toString().contains("MfKQ"));
        for (int bytes : new int[] {0, 23, 65}) {
            String text = "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
            assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse(text));
        }
        var failure = assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse("whsec_MfKQ9r8=GKYqrT*"));
        assertFalse(failure.getMessage().contains("MfKQ"), failure.getMessage());
        failure = assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse("hunter2hunter2"));
        assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
    }

    private static SignatureVerifier verifier(long now, String secrets) {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(now), ZoneOffset.UTC);
        return StandardWebhooks.verifier(WebhookSecret.parseAll(secrets), clock);
    }

    private static Map<String, List<String>> headers(String id, long timestamp, String signature) {
        Map<String, List<String>> headers = new HashMap<>();
        headers.put("webhook-id", List.of(id));
        headers.put("webhook-timestamp", List.of(Long.toString(timestamp)));
        headers.put("webhook-signature", List.of(signature));
        return headers;
    }

    private static void assertAccepted(Verdict verdict) {
        assertInstanceOf(Verdict.Accepted.class, verdict, verdict.toString());
    }

    private static void assertRefused(String reason, Verdict verdict) {
        assertTrue(
                verdict instanceof Verdict.Refused refused && refused.reason().contains(reason), verdict.toString());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
