package io.bactrian.database;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The collector's connection to one user database. For the collector's thread, but for {@link #wake()}. After an
 * exception it is good for nothing but closing.
 */
public interface CollectorSession extends AutoCloseable {
    /** A read that gives fewer rows than this is followed by waiting, any other by the next read. */
    int MANY = 50;

    /** When rows that were collected leave the trigger table. */
    enum Removal {
        /** Each page's at once; a read sees all that is left. */
        WITH_EACH_PAGE,
        /** Seldom, since that takes the writers' lock; a read begins after the last sequence number collected. */
        WHEN_IDLE
    }

    /** What came of {@link #remove}. */
    enum Removed {
        DONE,
        /** The owner or the token isn't what it should be: nothing was removed. */
        REFUSED,
        /** Others are writing; what was removed is, the token is as before: try again when there is time. */
        LATER
    }

    /**
     * What {@code meta} says.
     *
     * @param owner the store that may collect, empty where none has claimed it
     * @param token empty where nobody ever collected
     */
    record Meta(String owner, long epoch, String token) {}

    Removal removal();

    /** Whether no other process is collecting this database now, as far as the product can tell (invariant 15). */
    boolean takeTurn() throws SQLException;

    /** Empty where capture isn't installed. */
    Optional<Meta> meta() throws SQLException;

    /** Makes a store the owner where there is none. */
    boolean claim(String owner) throws SQLException;

    /** Writes a new epoch and token where owner and token are these. */
    boolean begin(String owner, String token, long epoch, String nextToken) throws SQLException;

    /**
     * Visible rows in the order of their sequence numbers.
     *
     * @param after where rows are removed when idle: the last sequence number collected
     * @param limit rows at most; fewer where they are large
     */
    List<CapturedRow> read(long after, int limit) throws SQLException;

    /** Those of these rows that are there. */
    List<CapturedRow> read(List<Long> seqs) throws SQLException;

    /**
     * Removes exactly these rows and, in the transaction of the last of them, durably, replaces the token: where owner
     * and token are these.
     */
    Removed remove(List<SeqRun> runs, String owner, String token, String nextToken) throws SQLException;

    /** About how many rows wait after a sequence number; quick, however many there are. */
    long backlog(long after) throws SQLException;

    /**
     * Waits for news, a little while at most. May return without any; returns at once where it can't be sure that it
     * would be woken.
     */
    void await() throws SQLException, InterruptedException;

    /** Ends {@link #await()} soon. From any thread. */
    void wake();

    @Override
    void close() throws SQLException;
}
