package io.bactrian.subscription;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attempts of one subscription, packed: about twenty bytes for one that got through, since a text, or a call, that was
 * there before is a number. Numbers are written seven bits a byte, the lowest first, a set eighth bit saying that more
 * follow; those that may be negative are folded (zigzag). For one thread at a time.
 */
final class AttemptBlock {
    private static final int FULL = 48 * 1024;
    private static final long OLD_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int LONGEST_TEXT = 8 * 1024;

    /** Given when it is first written, unless it is full by then; 0 before. */
    long id;

    private final long begun = System.nanoTime();
    private final Map<String, Integer> texts = new HashMap<>();
    private final Map<Answer.Request, Integer> requests = new HashMap<>();
    private byte[] bytes = new byte[512];
    private int length;
    private long firstPosition = Long.MAX_VALUE;
    private long lastPosition = Long.MIN_VALUE;
    private long lastStarted;
    private long position;
    private long started;
    private Answer.@Nullable Request request;
    private int requestNumber;

    /**
     * A block as it is written.
     *
     * @param id 0 where it was never written before
     */
    record Packed(long id, long firstPosition, long lastPosition, Instant lastStarted, byte[] data) {}

    /** What is packed of an attempt beside its outcome. */
    record Entry(long first, long last, int changes, int number, int generation, long startedMillis, long micros) {}

    void add(Entry entry, DeliveryOutcome outcome) {
        number(Attempt.Outcome.of(outcome).ordinal());
        folded(entry.first() - position);
        number(entry.last() - entry.first());
        number(entry.changes());
        number(entry.number());
        number(entry.generation());
        folded(entry.startedMillis() - started);
        number(entry.micros());
        text(outcome instanceof DeliveryOutcome.Delivered ? "" : FailureWatch.text(FailureWatch.cause(outcome)));
        List<Answer> answers = outcome.answers();
        number(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            add(answers.get(i));
        }
        position = entry.first();
        started = entry.startedMillis();
        firstPosition = Math.min(firstPosition, entry.first());
        lastPosition = Math.max(lastPosition, entry.last());
        lastStarted = Math.max(lastStarted, started);
    }

    private void add(Answer answer) {
        if (!answer.request().equals(request)) {
            request = answer.request();
            Integer known = requests.get(answer.request());
            if (known == null) {
                requests.put(answer.request(), requests.size() + 1);
                number(0);
                requestNumber = requests.size();
                write(answer.request());
            } else {
                requestNumber = known;
                number(known);
            }
        } else {
            number(requestNumber);
        }
        number(Math.max(0, answer.took().toNanos() / 1_000));
        number(answer.status());
        text(answer.body());
    }

    private void write(Answer.Request made) {
        text(made.method());
        text(made.target());
        number(made.headers().size());
        made.headers().forEach(this::text);
        number(made.signed() ? 1 : 0);
        text(made.contentType());
        text(made.format());
        text(made.id());
    }

    boolean isFull() {
        return length >= FULL || System.nanoTime() - begun >= OLD_NANOS;
    }

    int size() {
        return length;
    }

    /** As it is now. */
    Packed packed() {
        return new Packed(
                id, firstPosition, lastPosition, Instant.ofEpochMilli(lastStarted), Arrays.copyOf(bytes, length));
    }

    /** The attempts of a packed block in which the change at a position travelled. */
    static List<Attempt> unpack(byte[] packed, long position) {
        return new Reader(packed).read(position);
    }

    private void text(String text) {
        if (text.isEmpty()) {
            number(0);
            return;
        }
        Integer known = texts.get(text);
        if (known != null) {
            number(known);
            return;
        }
        texts.put(text, texts.size() + 1);
        number(texts.size());
        byte[] encoded = (text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…")
                .getBytes(StandardCharsets.UTF_8);
        number(encoded.length);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
    }

    private void folded(long value) {
        number(value << 1 ^ value >> 63);
    }

    private void number(long value) {
        room(10);
        long left = value;
        while ((left & ~0x7FL) != 0) {
            bytes[length++] = (byte) (left & 0x7F | 0x80);
            left >>>= 7;
        }
        bytes[length++] = (byte) left;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private static final class Reader {
        private static final Attempt.Outcome[] OUTCOMES = Attempt.Outcome.values();

        private final byte[] packed;
        private final List<String> texts = new ArrayList<>();
        private final List<Answer.Request> requests = new ArrayList<>();
        private int at;

        Reader(byte[] packed) {
            this.packed = packed;
        }

        List<Attempt> read(long wanted) {
            List<Attempt> found = new ArrayList<>();
            long first = 0;
            long startedMillis = 0;
            while (at < packed.length) {
                Attempt.Outcome outcome = OUTCOMES[(int) number()];
                first += folded();
                long last = first + number();
                int changes = (int) number();
                int number = (int) number();
                int generation = (int) number();
                startedMillis += folded();
                Instant started = Instant.ofEpochMilli(startedMillis);
                Duration took = micros(number());
                String error = text();
                List<Answer> answers = answers((int) number());
                if (first <= wanted && wanted <= last) {
                    found.add(new Attempt(
                            number,
                            generation,
                            started,
                            took,
                            outcome,
                            changes,
                            error.isEmpty() ? null : error,
                            answers));
                }
            }
            return found;
        }

        private List<Answer> answers(int count) {
            List<Answer> answers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int known = (int) number();
                if (known == 0) {
                    requests.add(request());
                }
                Answer.Request request = requests.get(known == 0 ? requests.size() - 1 : known - 1);
                Duration took = micros(number());
                int status = (int) number();
                answers.add(new Answer(request, took, status, text()));
            }
            return answers;
        }

        private Answer.Request request() {
            String method = text();
            String target = text();
            int count = (int) number();
            List<String> headers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                headers.add(text());
            }
            boolean signed = number() == 1;
            return new Answer.Request(method, target, headers, signed, text(), text(), text());
        }

        private static Duration micros(long micros) {
            return Duration.ofNanos(micros * 1_000);
        }

        private String text() {
            int known = (int) number();
            if (known == 0) {
                return "";
            }
            if (known > texts.size()) {
                int size = (int) number();
                texts.add(new String(packed, at, size, StandardCharsets.UTF_8));
                at += size;
            }
            return texts.get(known - 1);
        }

        private long folded() {
            long value = number();
            return value >>> 1 ^ -(value & 1);
        }

        private long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = packed[at++];
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }
    }
}
