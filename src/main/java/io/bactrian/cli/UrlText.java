package io.bactrian.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Words of a command line in a URL. */
final class UrlText {
    private UrlText() {}

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A key as item URLs spell it: what is encoded already, and the commas between columns, stay. */
    static String key(String typed) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < typed.length(); ) {
            int c = typed.codePointAt(i);
            boolean encoded = c == '%'
                    && i + 2 < typed.length()
                    && Character.digit(typed.charAt(i + 1), 16) >= 0
                    && Character.digit(typed.charAt(i + 2), 16) >= 0;
            key.append(encoded || c == ',' ? Character.toString(c) : encode(Character.toString(c)));
            i += Character.charCount(c);
        }
        return key.toString();
    }
}
