package io.bactrian.doctor;

import io.bactrian.broker.Broker;
import io.bactrian.broker.BrokerException;
import java.util.ArrayList;
import java.util.List;

/** Looks at the message broker: whether it answers and lets us in, which one it is, and what lies in its dead letters. */
public final class BrokerExamination {
    private static final String SUBJECT = "broker";

    private final Broker broker;

    public BrokerExamination(Broker broker) {
        this.broker = broker;
    }

    /** Asks the broker; takes as long as it takes to connect. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        try {
            Broker.Sight sight = broker.look();
            findings.add(Finding.ok(SUBJECT, broker.description() + " answers; node " + sight.node()));
            if (sight.deadLetters() > 0) {
                findings.add(Finding.warning(
                        SUBJECT,
                        sight.deadLetters() + " messages wait as dead letters",
                        "./bactrian dead-letters list, mend the cause, then dead-letters retry ID (or discard ID)"));
            }
        } catch (BrokerException e) {
            findings.add(Finding.failed(
                    SUBJECT, String.valueOf(e.getMessage()), broker.isEmbedded() ? restart() : elsewhere()));
        }
        return findings;
    }

    private static String restart() {
        return "the log says why; ./bactrian run starts it again with what it holds in data/broker";
    }

    private static String elsewhere() {
        return "check that it runs, and bactrian.broker.url, .username and .password; what waits goes on by itself";
    }
}
