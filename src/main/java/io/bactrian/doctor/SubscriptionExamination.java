package io.bactrian.doctor;

import io.bactrian.subscription.SubscriptionStatus;
import java.util.ArrayList;
import java.util.List;

/** Looks at the subscriptions: what is stopped, paused, parked, late or dead. */
public final class SubscriptionExamination {
    private static final double LATE_SECONDS = 60;

    private SubscriptionExamination() {}

    public static List<Finding> of(List<SubscriptionStatus> subscriptions) {
        List<Finding> findings = new ArrayList<>();
        if (subscriptions.isEmpty()) {
            findings.add(Finding.ok("subscriptions", "there are none: no route consumes changes"));
        }
        for (SubscriptionStatus each : subscriptions) {
            String subject = "subscription " + each.name();
            findings.add(state(subject, each));
            if (each.parked() > 0) {
                findings.add(Finding.warning(
                        subject,
                        each.parked() + " changes are parked and tried again by themselves"
                                + (each.lastError() == null ? "" : "; the last failure: " + each.lastError()),
                        "mend what they are sent to; ./bactrian subscriptions show " + each.name()));
            }
            if (each.deadLetters() > 0) {
                findings.add(Finding.warning(
                        subject,
                        each.deadLetters() + " dead letters",
                        "./bactrian dead-letters list, mend the cause, then dead-letters retry ID (or discard ID)"));
            }
        }
        return findings;
    }

    private static Finding state(String subject, SubscriptionStatus each) {
        String where = "at position " + each.position() + ", " + each.lag() + " changes behind";
        String why = each.lastError() == null ? "" : ": " + each.lastError();
        return switch (each.state()) {
            case STOPPED ->
                Finding.failed(
                        subject,
                        "stopped " + where + why,
                        "./bactrian routes list says whether its route runs; ./bactrian subscriptions resume "
                                + each.name() + ", or replay it");
            case PAUSED ->
                Finding.warning(subject, "paused " + where + why, "./bactrian subscriptions resume " + each.name());
            case ORPHANED ->
                Finding.warning(
                        subject,
                        "no route uses it any more; it is kept 30 days",
                        "put its route back, or ./bactrian subscriptions delete " + each.name());
            case RUNNING ->
                each.lagSeconds() > LATE_SECONDS
                        ? Finding.warning(
                                subject,
                                "running " + where + ", the oldest " + Math.round(each.lagSeconds()) + " s old",
                                "what it sends to is slow, or it was replayed: see the metric"
                                        + " bactrian_subscription_lag; more lanes may help")
                        : Finding.ok(subject, "running " + where);
        };
    }
}
