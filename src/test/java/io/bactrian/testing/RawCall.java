package io.bactrian.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One HTTP request as bytes, for what no decent client sends. Characters above 255 are given as UTF-8, the others as
 * they are.
 *
 * @param keyed whether it carries a valid key
 */
public record RawCall(String text, boolean keyed) {
    /** What came back; status 0 where nothing did. */
    public record Answered(int status, String head, String body) {
        public boolean isProblem() {
            return head.toLowerCase(Locale.ROOT).contains("content-type: application/problem+json");
        }
    }

    /** A well-formed head around a hostile target, header or body. */
    public static RawCall of(String method, String target, String key, String headers, String body) {
        boolean keyed = key.equals("Bearer " + PlatformProcess.KEY);
        return new RawCall(
                method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        + (key.isEmpty() ? "" : "Authorization: " + key + "\r\n")
                        + headers
                        + (body.isEmpty() ? "" : "Content-Length: " + bytes(body).length + "\r\n")
                        + "\r\n" + body,
                keyed);
    }

    public String method() {
        return text.substring(0, Math.max(0, text.indexOf(' ')));
    }

    public Answered send(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
            socket.setSoTimeout(5_000);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(bytes(text));
                out.flush();
            } catch (SocketException e) {
                // It need not listen to the end of nonsense; its answer may be there all the same.
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketException | SocketTimeoutException e) {
                // What came counts.
            }
            return answered(answer.toString(StandardCharsets.UTF_8));
        }
    }

    private static Answered answered(String all) {
        int end = all.indexOf("\r\n\r\n");
        if (end < 0 || !all.startsWith("HTTP/1.1 ")) {
            return new Answered(0, all, "");
        }
        String head = all.substring(0, end);
        return new Answered(Integer.parseInt(head.substring(9, 12)), head, all.substring(end + 4));
    }

    private static byte[] bytes(String text) {
        boolean plain = text.chars().allMatch(each -> each < 256);
        return text.getBytes(plain ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** What to call it in a failure: printable, and not too long. */
    @Override
    public String toString() {
        String shown = text.length() > 400 ? text.substring(0, 400) + "… (" + text.length() + ")" : text;
        return shown.replace("\r\n", "⏎").replaceAll("\\p{Cntrl}", "␀");
    }
}
