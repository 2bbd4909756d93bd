package io.bactrian.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The fastest receiver that plain sockets give: one thread a connection, HTTP/1.1 with Content-Length only. What it
 * took is durable the moment its listener returns, as far as a test is concerned.
 */
public final class SocketReceiver implements AutoCloseable {
    /** Hears of each request before it is answered; gives the status to answer with. */
    @FunctionalInterface
    public interface Listener {
        int received(String webhookId, byte[] body);
    }

    private static final byte[] CRLF_CRLF = {13, 10, 13, 10};

    private final RawReceiver receiver;
    private final Listener listener;

    private SocketReceiver(int port, Listener listener) {
        this.listener = listener;
        this.receiver = new RawReceiver(port, this::serve);
    }

    public static SocketReceiver start(int port, Listener listener) {
        return new SocketReceiver(port, listener);
    }

    public String url() {
        return receiver.url();
    }

    private void serve(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 16384);
        OutputStream out = socket.getOutputStream();
        byte[] head = new byte[8192];
        for (int length = readHead(in, head); length >= 0; length = readHead(in, head)) {
            String headers = new String(head, 0, length, StandardCharsets.ISO_8859_1);
            byte[] body = in.readNBytes(Integer.parseInt(header(headers, "content-length")));
            int status = listener.received(header(headers, "webhook-id"), body);
            out.write(("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
    }

    private static int readHead(InputStream in, byte[] head) throws IOException {
        int length = 0;
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                return -1;
            }
            head[length++] = (byte) next;
            matched = next == CRLF_CRLF[matched] ? matched + 1 : next == 13 ? 1 : 0;
        }
        return length;
    }

    private static String header(String headers, String name) {
        int start = 0;
        while (true) {
            int end = headers.indexOf("\r\n", start);
            if (end <= start) {
                return "0";
            }
            if (headers.regionMatches(true, start, name, 0, name.length())
                    && headers.charAt(start + name.length()) == ':') {
                return headers.substring(start + name.length() + 1, end).strip().toLowerCase(Locale.ROOT);
            }
            start = end + 2;
        }
    }

    @Override
    public void close() {
        receiver.close();
    }
}
