package io.bactrian.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;

/** Answers 204 to whatever is POSTed and counts it: the cheapest receiver, for measuring what sends to it. */
public final class CountingReceiver implements AutoCloseable {
    private static final byte[] ANSWER = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "\r\ncontent-length: ".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocketChannel server;
    private final Selector selector;
    private final AtomicLong count = new AtomicLong();

    public CountingReceiver() throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress("127.0.0.1", 0), 256);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::run, "counting-receiver");
        thread.setDaemon(true);
        thread.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.socket().getLocalPort() + "/";
    }

    public long count() {
        return count.get();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select();
                Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
                while (keys.hasNext()) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        read(key);
                    }
                }
            }
        } catch (IOException | java.nio.channels.ClosedSelectorException e) {
            // Closed.
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = server.accept();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(256 * 1024));
    }

    private void read(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        try {
            if (channel.read(buffer) < 0) {
                channel.close();
                return;
            }
            int requests = taken(buffer);
            for (int i = 0; i < requests; i++) {
                count.incrementAndGet();
                channel.write(ByteBuffer.wrap(ANSWER));
            }
        } catch (IOException e) {
            channel.close();
        }
    }

    /** How many whole requests were in the buffer; what is left of it moves to its start. */
    private static int taken(ByteBuffer buffer) {
        byte[] bytes = buffer.array();
        int from = 0;
        int requests = 0;
        for (int end = headEnd(bytes, from, buffer.position());
                end > 0;
                end = headEnd(bytes, from, buffer.position())) {
            int whole = end + contentLength(bytes, from, end);
            if (whole > buffer.position()) {
                break;
            }
            from = whole;
            requests++;
        }
        buffer.limit(buffer.position()).position(from);
        buffer.compact();
        return requests;
    }

    private static int headEnd(byte[] bytes, int from, int limit) {
        for (int i = from; i + 3 < limit; i++) {
            if (bytes[i] == '\r' && bytes[i + 2] == '\r' && bytes[i + 1] == '\n' && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private static int contentLength(byte[] bytes, int from, int to) {
        for (int i = from; i + LENGTH.length < to; i++) {
            int j = 0;
            while (j < LENGTH.length && (bytes[i + j] | (LENGTH[j] >= 'a' ? 0x20 : 0)) == LENGTH[j]) {
                j++;
            }
            if (j == LENGTH.length) {
                int length = 0;
                for (int k = i + j; bytes[k] >= '0'; k++) {
                    length = length * 10 + bytes[k] - '0';
                }
                return length;
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        server.close();
        selector.close();
    }
}
