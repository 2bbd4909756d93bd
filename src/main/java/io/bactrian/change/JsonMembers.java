package io.bactrian.change;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says which members a JSON object has without making values of them: what a row's text is spliced by must be known
 * column by column, and parsing costs ten times as much. Immutable and thread-safe.
 *
 * <p>Only the outermost names are looked at; the text between them is passed over, not checked.
 */
public final class JsonMembers {
    /** As they stand in the text, escapes and all, without the quotes. */
    private final List<String> written;

    private final List<String> names;

    private JsonMembers(List<String> written, List<String> names) {
        this.written = written;
        this.names = names;
    }

    /** The members of this text, in order; null where it is no JSON object. */
    public static @Nullable JsonMembers of(String json) {
        List<String> written = new ArrayList<>();
        int at = begin(json);
        if (at < 0) {
            return null;
        }
        while (at < json.length() && json.charAt(at) == '"') {
            int end = endOfString(json, at);
            if (end < 0) {
                return null;
            }
            written.add(json.substring(at + 1, end - 1));
            at = afterValue(json, end);
            if (at < 0) {
                return null;
            }
        }
        return isEnd(json, at) ? new JsonMembers(List.copyOf(written), decoded(written)) : null;
    }

    /** Whether the text is an object of exactly these members in this order. */
    public boolean are(String json) {
        int at = begin(json);
        for (String name : written) {
            int end = at + 1 + name.length();
            if (at < 0
                    || end >= json.length()
                    || json.charAt(at) != '"'
                    || json.charAt(end) != '"'
                    || !json.startsWith(name, at + 1)) {
                return false;
            }
            at = afterValue(json, end + 1);
        }
        return at >= 0 && isEnd(json, at);
    }

    public List<String> names() {
        return names;
    }

    private static List<String> decoded(List<String> written) {
        return written.stream()
                .map(name -> name.indexOf('\\') < 0 ? name : String.valueOf(RowJson.readValue('"' + name + '"')))
                .toList();
    }

    /** Where the first name, or the closing brace, stands; negative where there is no object. */
    private static int begin(String json) {
        int at = blanks(json, 0);
        return at < json.length() && json.charAt(at) == '{' ? blanks(json, at + 1) : -1;
    }

    private static boolean isEnd(String json, int at) {
        return at < json.length() && json.charAt(at) == '}' && blanks(json, at + 1) == json.length();
    }

    /** From behind a name to the next name or the closing brace; negative where the text breaks off. */
    private static int afterValue(String json, int from) {
        int at = blanks(json, from);
        if (at >= json.length() || json.charAt(at) != ':') {
            return -1;
        }
        at = value(json, blanks(json, at + 1));
        if (at < 0) {
            return -1;
        }
        at = blanks(json, at);
        if (at >= json.length()) {
            return -1;
        }
        return json.charAt(at) == ',' ? blanks(json, at + 1) : at;
    }

    /** Behind the value that begins here. */
    private static int value(String json, int from) {
        int depth = 0;
        for (int at = from; at < json.length(); at++) {
            switch (json.charAt(at)) {
                case '"' -> {
                    at = endOfString(json, at) - 1;
                    if (at < 0) {
                        return -1;
                    }
                    if (depth == 0) {
                        return at + 1;
                    }
                }
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    if (depth == 0) {
                        return at;
                    }
                    if (--depth == 0) {
                        return at + 1;
                    }
                }
                case ',' -> {
                    if (depth == 0) {
                        return at;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }

    /** Behind the quote that closes the string which begins here; negative where none does. */
    private static int endOfString(String json, int from) {
        int quote = json.indexOf('"', from + 1);
        while (quote > 0) {
            int before = quote - 1;
            while (json.charAt(before) == '\\') {
                before--;
            }
            if ((quote - before) % 2 == 1) {
                return quote + 1;
            }
            quote = json.indexOf('"', quote + 1);
        }
        return -1;
    }

    private static int blanks(String json, int from) {
        int at = from;
        while (at < json.length() && json.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }
}
