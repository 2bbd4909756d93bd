package io.bactrian.camel.queue;

import io.bactrian.camel.queue.Verdict.Kind;
import io.bactrian.database.Database;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.jspecify.annotations.Nullable;

/**
 * Carries out messages that wait several at once: one transaction of the database, then one of the session.
 *
 * <p>Where that fails, the database's is undone, and each message has one of its own, in the same session: so each gets its
 * own verdict. Where one has to come again, all come again; those that are done already are known by their claims
 * (invariant 9). So only messages that have an id are carried out together, and only such as didn't come before: a
 * neighbour's failure costs a message one redelivery. Thread-safe.
 */
final class QueueBatches {
    private static final int MOST = 100;
    /** Where all others wait for the one that writes. */
    private static final int MOST_WITH_ONE_WRITER = 20;

    /** In bytes, about. */
    private static final long LARGEST = 1 << 20;

    private final QueueContainer container;
    private final QueueFailures failures;
    private final BatchPace pace = new BatchPace(System::nanoTime);

    QueueBatches(QueueContainer container, QueueFailures failures) {
        this.container = container;
        this.failures = failures;
    }

    /** The message and those behind it that are there now; the last one may be of any kind, the others go together. */
    List<Message> gather(Message first, MessageConsumer consumer, Database database) throws JMSException {
        if (!pace.isOpen()) {
            return List.of(first);
        }
        int most = database.dialect().writers() == 1 ? MOST_WITH_ONE_WRITER : MOST;
        List<Message> messages = new ArrayList<>();
        long size = 0;
        Message next = first;
        while (next != null) {
            messages.add(next);
            size += size(next);
            boolean more = messages.size() < most && size < LARGEST && goesTogether(next) && container.isRunning();
            next = more ? another(consumer) : null;
        }
        return messages;
    }

    private @Nullable Message another(MessageConsumer consumer) throws JMSException {
        try {
            return consumer.receiveNoWait();
        } catch (JMSException e) {
            // If it is the message's fault, it shouldn't be everybody's.
            pace.failed();
            throw e;
        }
    }

    /** A large one's body is lost when another message is received. */
    private static boolean goesTogether(Message message) throws JMSException {
        return !message.getJMSRedelivered()
                && (message.getJMSMessageID() != null || message.propertyExists(ChangeProperties.DUPLICATE))
                && message instanceof ActiveMQMessage known
                && !known.getCoreMessage().isLargeMessage();
    }

    private static long size(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText() == null ? 0 : 2L * text.getText().length();
        }
        return message instanceof BytesMessage bytes ? bytes.getBodyLength() : 0;
    }

    /** Commits the session or rolls it back. */
    void carryOut(Session session, List<Message> messages, Database database) throws JMSException {
        new Batch(session, messages).carryOut(database);
    }

    private final class Batch {
        private final Session session;
        private final List<Message> messages;
        /** How many go together. */
        private final int together;
        /** Why a message is to be a dead letter; null where it isn't. */
        private final @Nullable String[] over;

        private int at;

        Batch(Session session, List<Message> messages) throws JMSException {
            this.session = session;
            this.messages = messages;
            int last = messages.size() - 1;
            this.together = goesTogether(messages.get(last)) ? messages.size() : last;
            this.over = new @Nullable String[messages.size()];
            for (int i = 0; i <= last; i++) {
                over[i] = container.unfit(messages.get(i)).orElse(null);
            }
        }

        void carryOut(Database database) throws JMSException {
            TransactedSends.begin();
            int done = 0;
            try {
                database.jointly(this::allTogether);
                done = together;
                pace.passed();
            } catch (RuntimeException e) {
                pace.failed();
                Verdict verdict = Verdict.of(e);
                if (verdict.kind() == Kind.WAIT || TransactedSends.any()) {
                    // What was sent with the failed try goes with it.
                    giveBack(verdict, messages.get(Math.min(at, together - 1)));
                    return;
                }
            }
            if (oneByOne(done)) {
                finish();
            }
        }

        private void allTogether() throws JMSException {
            for (at = 0; at < together; at++) {
                if (over[at] == null) {
                    container.handle(session, messages.get(at));
                }
            }
        }

        /** Those from {@code first}; false where the session had to be rolled back. */
        private boolean oneByOne(int first) throws JMSException {
            Verdict again = null;
            Message failed = null;
            for (int i = first; i < messages.size(); i++) {
                if (again != null && i >= together) {
                    // It would only have to be done twice.
                    break;
                }
                Verdict verdict = over[i] == null ? alone(i) : null;
                if (verdict != null) {
                    again = verdict;
                    failed = messages.get(i);
                }
                if (verdict != null && verdict.kind() == Kind.WAIT || !container.isRunning() && i < together - 1) {
                    giveBack(verdict, messages.get(i));
                    return false;
                }
            }
            if (failed != null) {
                giveBack(again, failed);
            }
            return failed == null;
        }

        /** Says why it has to come again; null where it is done or over. */
        private @Nullable Verdict alone(int i) throws JMSException {
            Message message = messages.get(i);
            TransactedSends.begin();
            try {
                container.handle(session, message);
                return null;
            } catch (RuntimeException e) {
                Verdict verdict = Verdict.of(e);
                if (!container.isOver(message, verdict)) {
                    return verdict;
                }
                if (TransactedSends.any()) {
                    failures.condemn(message.getJMSMessageID(), verdict.reason());
                    return verdict;
                }
                over[i] = verdict.reason();
                return null;
            }
        }

        private void giveBack(@Nullable Verdict verdict, Message failed) throws JMSException {
            session.rollback();
            if (verdict != null) {
                container.gaveBack(verdict, failed);
            }
        }

        private void finish() throws JMSException {
            for (int i = 0; i < messages.size(); i++) {
                String reason = over[i];
                if (reason != null) {
                    container.move(session, messages.get(i), reason);
                }
            }
            container.commit(session, messages.get(0));
            boolean anyOver = false;
            for (int i = 0; i < messages.size(); i++) {
                String reason = over[i];
                if (reason != null) {
                    anyOver = true;
                    failures.buried(messages.get(i).getJMSMessageID(), reason);
                }
            }
            if (!anyOver) {
                failures.passed();
            }
        }
    }
}
