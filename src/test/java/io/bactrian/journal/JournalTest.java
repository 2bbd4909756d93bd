package io.bactrian.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a journal keeps, in one file, so that it reads as a table of contents. */
class JournalTest {
    private static final JournalSettings ROOMY = JournalSettings.of(Duration.ofDays(7), 10L << 30);

    @TempDir
    Path data;

    private final SetClock clock = new SetClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final List<Journal> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(Journal::close);
    }

    @Test
    void aNewJournalIsEmpty() {
        Journal journal = open(ROOMY);
        assertEquals(0, journal.last());
        assertEquals(1, journal.first());
        assertEquals(List.of(), journal.read(0, 10));
        assertEquals(OptionalLong.empty(), journal.positionBefore(Instant.EPOCH));
        assertEquals(Optional.empty(), journal.bookmark());
        assertEquals(0, journal.countAfter(0));
    }

    @Test
    void whatWasAppendedIsReadBackToTheLetter() {
        Journal journal = open(ROOMY);
        Instant time = Instant.parse("2026-03-01T09:59:59.123456Z");
        List<Entry> page = List.of(
                new Entry(
                        7,
                        "orders",
                        Operation.INSERT,
                        "{\"id\":1}",
                        null,
                        null,
                        "{\"id\" : 1}",
                        "tx1",
                        List.of(),
                        time),
                new Entry(
                        9,
                        "sales.Größe",
                        Operation.UPDATE,
                        "{\"id\":2}",
                        "{\"id\":1}",
                        "{\"id\":1,\"a\":\"🐫\"}",
                        "{\"id\":2,\"a\":\"\\u0000\"}",
                        "tx2",
                        List.of("crm", "shop"),
                        time),
                new Entry(10, "orders", Operation.TRUNCATE, "{}", null, null, null, "tx3", List.of(), time));
        List<Change> appended = journal.append(page, Bookmark.clean(3, 10, "t"));
        assertEquals(appended, journal.read(0, 10));
        assertEquals("main-3-9", appended.get(1).id().toString());
        assertEquals(clock.instant(), appended.get(0).collected());
        assertEquals(appended, reopen(journal, ROOMY).read(0, 10));
    }

    @Test
    void positionsGrowByOneAndCollectedNeverGoesBack() {
        Journal journal = open(ROOMY);
        journal.append(page(1, 3), mark(3));
        clock.set(clock.instant().minusSeconds(60));
        journal.append(page(4, 2), mark(5));
        journal = reopen(journal, ROOMY);
        journal.append(page(6, 1), mark(6));
        List<Change> changes = journal.read(0, 100);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), positions(changes));
        assertEquals(1, changes.stream().map(Change::collected).distinct().count());
    }

    @Test
    @DisplayName("invariant 14: an append that returned survives a crash, and its bookmark with it")
    void anAppendSurvivesACrash() throws IOException {
        Journal journal = open(ROOMY);
        journal.append(page(1, 3), new Bookmark(1, 3, "t0", "t1", 1, 3));
        Path copy = data.resolve("crashed");
        copyTree(data.resolve("journal"), copy.resolve("journal"));
        Journal survivor = open(copy, ROOMY);
        assertEquals(List.of(1L, 2L, 3L), positions(survivor.read(0, 10)));
        assertEquals(Optional.of(new Bookmark(1, 3, "t0", "t1", 1, 3)), survivor.bookmark());
    }

    @Test
    void aSegmentThatACrashLeftUnmadeIsForgotten() throws Exception {
        Journal journal = open(ROOMY);
        journal.append(page(1, 3), mark(3));
        journal.close();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory().resolve("4.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE change (position INTEGER PRIMARY KEY)");
        }
        journal = open(ROOMY);
        assertEquals(3, journal.last());
        journal.append(page(4, 2), mark(5));
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L), positions(reopen(journal, ROOMY).read(0, 10)));
    }

    @Test
    void segmentsAreRolledBySizeAndReadAsOne() throws IOException {
        JournalSettings small = new JournalSettings(Duration.ofDays(7), 1L << 30, Duration.ofDays(1), 100_000);
        Journal journal = open(small);
        for (int i = 0; i < 30; i++) {
            journal.append(page(i * 100 + 1, 100), mark(i * 100 + 100));
        }
        assertTrue(segmentFiles().size() > 5, segmentFiles()::toString);
        assertEquals(all(1, 3_000), positions(journal.read(0, 10_000)));
        assertEquals(all(951, 1_950), positions(journal.read(950, 1_000)));
        journal = reopen(journal, small);
        assertEquals(3_000, journal.last());
        assertEquals(all(1, 3_000), positions(journal.read(0, 10_000)));
    }

    @Test
    void retentionByAgeDropsWholeSegments() throws IOException {
        JournalSettings hourly =
                new JournalSettings(Duration.ofHours(10), 1L << 30, Duration.ofHours(1), Long.MAX_VALUE);
        Journal journal = open(hourly);
        for (int hour = 0; hour < 24; hour++) {
            journal.append(page(hour * 10 + 1, 10), mark(hour * 10 + 10));
            clock.forward(Duration.ofMinutes(61));
        }
        journal.retain();
        long first = journal.first();
        assertTrue(first > 100 && first <= 161, () -> "first " + first);
        assertEquals(all(journal.first(), 240), positions(journal.read(0, 1_000)));
        assertTrue(segmentFiles().size() <= 13, segmentFiles()::toString);
        clock.forward(Duration.ofDays(2));
        journal.retain();
        assertEquals(241, journal.first());
        assertEquals(240, journal.last());
        assertEquals(List.of(), journal.read(0, 10));
        assertEquals(Optional.of(mark(240)), journal.bookmark());
        journal = reopen(journal, hourly);
        assertEquals(241, journal.first());
        journal.append(page(241, 1), mark(241));
        assertEquals(List.of(241L), positions(journal.read(240, 10)));
    }

    @Test
    void retentionBySizeDropsTheOldest() throws IOException {
        JournalSettings tight = new JournalSettings(Duration.ofDays(7), 400_000, Duration.ofDays(1), 50_000);
        Journal journal = open(tight);
        for (int i = 0; i < 60; i++) {
            journal.append(page(i * 100 + 1, 100), mark(i * 100 + 100));
        }
        long size = 0;
        for (Path file : segmentFiles()) {
            size += Files.size(file);
        }
        assertTrue(size < 600_000, "size " + size);
        assertTrue(journal.first() > 1);
        assertEquals(all(journal.first(), 6_000), positions(journal.read(0, 10_000)));
    }

    @Test
    void aReaderGoesOnWhileSegmentsAreDropped() throws Exception {
        JournalSettings tight = new JournalSettings(Duration.ofDays(7), 200_000, Duration.ofDays(1), 30_000);
        Journal journal = open(tight);
        journal.append(page(1, 100), mark(100));
        List<String> trouble = new ArrayList<>();
        Thread reader = new Thread(() -> {
            long position = 0;
            try {
                while (position < 20_000) {
                    List<Change> changes = journal.read(Math.max(position, journal.first() - 1), 150);
                    if (!changes.isEmpty()) {
                        position = changes.get(changes.size() - 1).position();
                    }
                }
            } catch (RuntimeException e) {
                trouble.add(e.toString());
            }
        });
        reader.start();
        for (int i = 1; i < 200; i++) {
            journal.append(page(i * 100 + 1, 100), mark(i * 100 + 100));
        }
        reader.join(60_000);
        assertFalse(reader.isAlive());
        assertEquals(List.of(), trouble);
    }

    @Test
    void aTimeIsFoundAcrossSegments() {
        JournalSettings small = new JournalSettings(Duration.ofDays(70), 1L << 30, Duration.ofMinutes(7), 1L << 30);
        Journal journal = open(small);
        Instant begin = clock.instant();
        for (int minute = 0; minute < 60; minute++) {
            journal.append(page(minute * 10 + 1, 10), mark(minute * 10 + 10));
            clock.forward(Duration.ofMinutes(1));
        }
        assertEquals(OptionalLong.of(0), journal.positionBefore(begin.minusSeconds(5)));
        for (int minute = 0; minute < 60; minute++) {
            Instant at = begin.plus(Duration.ofMinutes(minute));
            assertEquals(OptionalLong.of(minute * 10L), journal.positionBefore(at));
            assertEquals(OptionalLong.of(minute * 10L), journal.positionBefore(at.minusSeconds(30)));
        }
        assertEquals(
                OptionalLong.empty(),
                journal.positionBefore(begin.plus(Duration.ofMinutes(59)).plusNanos(1_000)));
    }

    @Test
    void listenersHearWhatWasAppendedOnceAndInOrder() {
        Journal journal = open(ROOMY);
        List<Long> heard = new ArrayList<>();
        Journal.Listener listener = page -> heard.addAll(positions(page));
        journal.addListener(page -> {
            throw new IllegalStateException("a listener's failure is its own");
        });
        journal.addListener(listener);
        journal.append(page(1, 3), mark(3));
        journal.append(List.of(), mark(3));
        journal.append(page(4, 2), mark(5));
        journal.removeListener(listener);
        journal.append(page(6, 2), mark(7));
        assertEquals(all(1, 5), heard);
    }

    @Test
    @DisplayName("invariant 14: a gap is marked, and positions jump past whatever was given before")
    void aGapIsMarkedAndPositionsJump() {
        Journal journal = open(ROOMY);
        List<Gap> heard = new ArrayList<>();
        journal.addListener(new Journal.Listener() {
            @Override
            public void appended(List<Change> page) {}

            @Override
            public void marked(Gap gap) {
                heard.add(gap);
            }
        });
        journal.append(page(1, 10), mark(10));
        Gap gap = journal.mark("the database was restored", Bookmark.clean(2, 0, "x"));
        assertEquals(new Gap(10, 1L << 32, 2, "the database was restored", clock.instant()), gap);
        journal.append(page(1, 5), Bookmark.clean(2, 5, "x"));
        clock.forward(Duration.ofHours(1));
        journal = reopen(journal, ROOMY);
        assertEquals(List.of(gap), heard);
        assertEquals(List.of(gap), journal.gaps());
        assertEquals((1L << 32) + 15, journal.last());
        assertEquals(15, journal.read(0, 100).size());
        assertEquals((1L << 32) + 11, journal.read(10, 100).get(0).position());
        assertEquals(15, journal.countAfter(0));
        assertEquals(5, journal.countAfter(10));
        assertEquals(5, journal.countAfter(1_000));
        assertEquals(4, journal.countAfter((1L << 32) + 11));
        assertEquals(0, journal.countAfter(journal.last()));
        assertEquals(OptionalLong.empty(), journal.positionBefore(clock.instant()));
        journal.mark("again", Bookmark.clean(3, 0, "y"));
        assertEquals(OptionalLong.empty(), journal.positionBefore(clock.instant()));
    }

    @Test
    void gapsAreKnownAsLongAsTheirChangesAreHeld() {
        JournalSettings small = new JournalSettings(Duration.ofDays(7), 200_000, Duration.ofDays(1), 50_000);
        Journal journal = open(small);
        journal.append(page(1, 100), mark(100));
        journal.mark("restored", Bookmark.clean(2, 0, "x"));
        journal.append(page(1, 300), Bookmark.clean(2, 300, "x"));
        journal.append(page(301, 300), Bookmark.clean(2, 600, "x"));
        assertEquals(1, journal.gaps().size());
        for (int i = 6; i < 30; i++) {
            journal.append(page(i * 100 + 1, 100), Bookmark.clean(2, i * 100 + 100, "x"));
        }
        assertEquals(List.of(), journal.gaps());
    }

    @Test
    void aFailedAppendLeavesNothingAndTheNextOneGoesOn() throws Exception {
        Journal journal = open(ROOMY);
        List<Long> heard = new ArrayList<>();
        journal.addListener(page -> heard.addAll(positions(page)));
        journal.append(page(1, 3), mark(3));
        List<Entry> broken = new ArrayList<>(page(4, 3));
        broken.add(new Entry(1, brokenText(), Operation.INSERT, "{}", null, null, null, "t", List.of(), Instant.EPOCH));
        assertThrows(JournalException.class, () -> journal.append(broken, mark(7)));
        assertEquals(3, journal.last());
        assertEquals(Optional.of(mark(3)), journal.bookmark());
        journal.append(page(4, 2), mark(5));
        assertEquals(all(1, 5), heard);
        assertEquals(all(1, 5), positions(journal.read(0, 10)));
    }

    @Test
    void whatReachedTheDiskThoughTheCommitSeemedToFailIsHandedOver() throws Exception {
        Journal journal = open(ROOMY);
        List<Long> heard = new ArrayList<>();
        journal.addListener(page -> heard.addAll(positions(page)));
        journal.append(page(1, 3), mark(3));
        assertThrows(
                JournalException.class,
                () -> journal.append(
                        List.of(new Entry(
                                1,
                                brokenText(),
                                Operation.INSERT,
                                "{}",
                                null,
                                null,
                                null,
                                "t",
                                List.of(),
                                Instant.EPOCH)),
                        mark(4)));
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory().resolve("1.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO change SELECT 4, epoch, 4, operation, collected, time, "table", key, key_before,
                                              "transaction", origin, before, after FROM change WHERE position = 3
                    """);
            statement.execute("UPDATE bookmark SET last_position = 4, seq = 4");
        }
        journal.note(mark(4));
        assertEquals(all(1, 4), heard);
        assertEquals(4, journal.last());
    }

    /** A NOT NULL column refuses it. */
    @SuppressWarnings("NullAway")
    private static String brokenText() {
        return null;
    }

    private Journal open(JournalSettings settings) {
        return open(data, settings);
    }

    private Journal open(Path directory, JournalSettings settings) {
        Journal journal = Journal.open(directory, "main", settings, table -> RowType.UNKNOWN, clock);
        opened.add(journal);
        return journal;
    }

    private Journal reopen(Journal journal, JournalSettings settings) {
        journal.close();
        return open(settings);
    }

    private Path directory() {
        return data.resolve("journal").resolve("main");
    }

    private List<Path> segmentFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.filter(file -> file.toString().endsWith(".db")).toList();
        }
    }

    private static Bookmark mark(long seq) {
        return Bookmark.clean(1, seq, "token");
    }

    private static List<Entry> page(long firstSeq, int count) {
        return LongStream.range(firstSeq, firstSeq + count)
                .mapToObj(seq -> new Entry(
                        seq,
                        "orders",
                        Operation.INSERT,
                        "{\"id\":" + seq + "}",
                        null,
                        null,
                        "{\"id\":" + seq + ",\"status\":\"" + "new".repeat(60) + "\"}",
                        "t" + seq,
                        List.of(),
                        Instant.EPOCH))
                .toList();
    }

    private static List<Long> positions(List<Change> changes) {
        return changes.stream().map(Change::position).toList();
    }

    private static List<Long> all(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.createDirectories(to);
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static final class SetClock extends Clock {
        private Instant now;

        SetClock(Instant now) {
            this.now = now;
        }

        void set(Instant instant) {
            now = instant;
        }

        void forward(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
