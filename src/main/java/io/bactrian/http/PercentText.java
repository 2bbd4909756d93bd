package io.bactrian.http;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding of URLs (RFC 3986, section 2.1), strict: what isn't UTF-8 is refused, never replaced. */
final class PercentText {
    private PercentText() {}

    /**
     * @param what names the place for the refusal, such as {@code The key}
     * @param plusIsBlank as in queries of HTML forms
     */
    static String decode(String encoded, String what, boolean plusIsBlank) {
        if (encoded.indexOf('%') < 0 && !(plusIsBlank && encoded.indexOf('+') >= 0)) {
            return encoded;
        }
        byte[] source = encoded.getBytes(StandardCharsets.UTF_8);
        ByteBuffer decoded = ByteBuffer.allocate(source.length);
        for (int i = 0; i < source.length; i++) {
            if (source[i] == '%') {
                int high = i + 2 < source.length ? Character.digit(source[i + 1], 16) : -1;
                int low = i + 2 < source.length ? Character.digit(source[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw HttpProblem.badRequest(what + " holds a % that two hexadecimal digits don't follow");
                }
                decoded.put((byte) (high << 4 | low));
                i += 2;
            } else {
                decoded.put(plusIsBlank && source[i] == '+' ? (byte) ' ' : source[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
        } catch (CharacterCodingException e) {
            throw HttpProblem.badRequest(what + " isn't UTF-8");
        }
    }

    /** Everything but letters, digits and {@code -._~} encoded. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
