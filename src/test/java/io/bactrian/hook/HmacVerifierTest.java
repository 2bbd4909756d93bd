package io.bactrian.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bactrian.hook.SignatureVerifier.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HmacVerifierTest {
    private static final String SECRET = "It's a Secret to Everybody";
    private static final byte[] BODY = "Hello, World!".getBytes(StandardCharsets.UTF_8);
    private static final String HEX = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    @Test
    void acceptsGithubsPublishedVectorAndGivesItsDeliveryId() {
        Map<String, List<String>> headers =
                Map.of("x-hub-signature-256", List.of("sha256=" + HEX), "x-github-delivery", List.of("72d3162e"));
        assertEquals(
                new Verdict.Accepted("72d3162e"), new HmacVerifier(HmacScheme.GITHUB, SECRET).verify(headers, BODY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                HEX,
                "sha256=",
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18",
                "sha256=757107",
                "sha256=zz",
                "sha1=" + HEX
            })
    void refusesWhatIsNotGithubsSignature(String signature) {
        Map<String, List<String>> headers = Map.of("x-hub-signature-256", List.of(signature));
        assertInstanceOf(Verdict.Refused.class, new HmacVerifier(HmacScheme.GITHUB, SECRET).verify(headers, BODY));
    }

    @Test
    void refusesATamperedBodyAndAMissingHeader() {
        HmacVerifier verifier = new HmacVerifier(HmacScheme.GITHUB, SECRET);
        Map<String, List<String>> headers = Map.of("x-hub-signature-256", List.of("sha256=" + HEX));
        assertInstanceOf(
                Verdict.Refused.class, verifier.verify(headers, "Hello, World?".getBytes(StandardCharsets.UTF_8)));
        assertEquals(new Verdict.Refused("it lacks x-hub-signature-256"), verifier.verify(Map.of(), BODY));
    }

    @Test
    void anySendersHeaderPrefixAlgorithmAndEncodingCanBeGiven() {
        // Computed with openssl dgst -sha1 -hmac key -binary | base64, and -sha512 (hex).
        HmacScheme base64 = new HmacScheme("X-Sig", "", "SHA-1", HmacScheme.Encoding.BASE64, null);
        assertEquals(
                new Verdict.Accepted(null),
                new HmacVerifier(base64, "key").verify(Map.of("x-sig", List.of("3nybhbi3iqa8ino29wqQcBydtNk=")), FOX));
        HmacScheme sha512 = new HmacScheme("X-Sig", "v1:", "sha512", HmacScheme.Encoding.HEX, null);
        assertEquals(
                new Verdict.Accepted(null),
                new HmacVerifier(sha512, "key")
                        .verify(
                                Map.of(
                                        "x-sig",
                                        List.of(
                                                "v1:b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f9"
                                                        + "48a549f7b791a5b41915ee4d1ec3935357e4e2317250d0372afa2ebeeb3a")),
                                FOX));
    }

    private static final byte[] FOX = "The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.UTF_8);

    @Test
    void aWrongOptionNamesWhatIsAllowed() {
        assertMessage("sha1, sha256, sha512", () -> new HmacScheme("X", "", "md5", HmacScheme.Encoding.HEX, null));
        assertMessage("header=", () -> new HmacScheme("", "", "sha256", HmacScheme.Encoding.HEX, null));
        assertMessage("hex, base64", () -> HmacScheme.encoding("base32"));
        assertMessage("empty", () -> new HmacVerifier(HmacScheme.GITHUB, ""));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable wrong) {
        String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
        assertEquals(true, message.contains(part), message);
    }
}
