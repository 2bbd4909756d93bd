package io.bactrian.journal;

import org.jspecify.annotations.Nullable;

/**
 * How far collecting a database has come: kept in the newest segment and written in the transaction of the page it
 * belongs to, so that after a crash the two agree (invariant 14).
 *
 * <p>The <em>pending page</em> is what is in the journal while its rows may still be in the trigger table: the positions
 * from {@code pendingFrom} to {@code pendingTo}, none where the first is greater.
 *
 * @param epoch the current epoch
 * @param seq the greatest sequence number collected in it
 * @param token what the user database's {@code meta.token} holds while the pending page's rows are not removed
 * @param pendingToken what it holds once they are, where their removal was begun
 */
public record Bookmark(
        long epoch, long seq, String token, @Nullable String pendingToken, long pendingFrom, long pendingTo) {

    /** Nothing pending. */
    public static Bookmark clean(long epoch, long seq, String token) {
        return new Bookmark(epoch, seq, token, null, 1, 0);
    }

    public boolean hasPendingPage() {
        return pendingFrom <= pendingTo;
    }
}
