package io.bactrian.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of a live feed over a socket of its own: HTTP/1.0, so that what comes is the stream itself. */
final class LiveFeed implements AutoCloseable {
    private static final Event END = new Event("end", "", "");

    /** One event; its name is {@code change} where it has none. */
    record Event(String name, String id, String data) {}

    private final Socket socket;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean opened;
    private volatile boolean ended;

    private LiveFeed(Socket socket) {
        this.socket = socket;
    }

    /** Opens {@code /api/changes} with a query and headers, and reads what comes. */
    static LiveFeed of(HttpRig rig, String query, String... headers) {
        LiveFeed feed = ask(rig, "/api/changes" + query, headers);
        Thread reader = new Thread(feed::read, "live-feed");
        reader.setDaemon(true);
        reader.start();
        return feed;
    }

    /** Opens it and reads nothing. */
    static LiveFeed stuck(HttpRig rig, String path) {
        return ask(rig, path);
    }

    private static LiveFeed ask(HttpRig rig, String path, String... headers) {
        try {
            Socket socket = new Socket("127.0.0.1", rig.server.port());
            socket.setReceiveBufferSize(8_192);
            StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.0\r\nHost: test\r\nAuthorization: Bearer "
                    + HttpRig.ADMIN_KEY + "\r\nAccept: text/event-stream\r\n");
            for (int i = 0; i < headers.length; i += 2) {
                head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
            }
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            return new LiveFeed(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            String status = lines.readLine();
            assertNotNull(status);
            String head = status;
            while (head != null && !head.isEmpty()) {
                head = lines.readLine();
            }
            if (status.contains(" 200 ")) {
                events(lines);
            }
        } catch (IOException e) {
            // Broken off: not ended.
        }
        events.add(END);
    }

    private void events(BufferedReader lines) throws IOException {
        String name = "change";
        String id = "";
        @Nullable String data = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            opened = true;
            if (line.startsWith(": the platform stops")) {
                ended = true;
            } else if (line.isEmpty()) {
                if (data != null) {
                    events.add(new Event(name, id, data));
                }
                name = "change";
                data = null;
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
        }
    }

    Event next() throws InterruptedException {
        Event event = events.poll(20, TimeUnit.SECONDS);
        assertNotNull(event, "nothing comes");
        return event;
    }

    void awaitOpen() {
        await().until(() -> opened);
    }

    /** Whether the stream ended without breaking off. */
    boolean awaitEnd() throws InterruptedException {
        assertEquals(END, next());
        return ended;
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
