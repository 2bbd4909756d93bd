package io.bactrian.change;

/**
 * Names one change for ever: through retries, restarts, replays and nodes.
 *
 * @param database the database's name
 * @param epoch issued by the store, never reused; it moves on when sequence numbers may have gone back
 * @param seq the trigger table's sequence number
 */
public record ChangeId(String database, long epoch, long seq) {

    /** {@code database-epoch-seq}; holds no dot, so it can be signed as a {@code webhook-id}. */
    @Override
    public String toString() {
        return database + '-' + epoch + '-' + seq;
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException naming the text
     */
    public static ChangeId parse(String text) {
        int second = text.lastIndexOf('-');
        int first = text.lastIndexOf('-', second - 1);
        if (first <= 0) {
            throw new IllegalArgumentException("Not a change id (database-epoch-seq): '" + text + "'");
        }
        try {
            return new ChangeId(
                    text.substring(0, first),
                    Long.parseLong(text.substring(first + 1, second)),
                    Long.parseLong(text.substring(second + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Not a change id (database-epoch-seq): '" + text + "'", e);
        }
    }
}
