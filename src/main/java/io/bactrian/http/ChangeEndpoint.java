package io.bactrian.http;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.ChangeJson;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSearch;
import io.bactrian.journal.JournalSearch.Found;
import io.bactrian.journal.JournalSearch.Wanted;
import io.bactrian.subscription.Subscriptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * {@code /api/changes}: pages of the journal in both directions, one change with where it went, and the history of a row.
 *
 * <p>A page that takes too long to fill is answered as it is, perhaps empty, with the link to go on from there.
 */
final class ChangeEndpoint {
    /** A journal holds gigabytes, and a rare key is looked for in all of them. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration PATIENCE_FOR_ONE = Duration.ofSeconds(5);

    private final Subscriptions subscriptions;
    private final List<ServedDatabase> databases;

    ChangeEndpoint(Subscriptions subscriptions, List<ServedDatabase> databases) {
        this.subscriptions = subscriptions;
        this.databases = databases;
    }

    HttpAnswer answer(HttpCall call) {
        int depth = call.segments().size();
        call.allowMethods("GET");
        if (depth == 2) {
            return page(call);
        }
        if (depth == 3) {
            return one(call);
        }
        throw call.nothingHere();
    }

    /** What a call wants, its parameters checked. */
    ChangeQuery query(HttpCall call) {
        return ChangeQuery.of(call, subscriptions.journals(), databases);
    }

    /** The life of one row, the youngest change first. */
    HttpAnswer history(HttpCall call, TablePlace place, String key) {
        call.allowMethods("GET");
        call.allowOnly("limit", "before");
        Journal journal = ChangeQuery.journal(place.database().database().name(), subscriptions.journals());
        Wanted wanted = new Wanted(Set.of(place.table().name()), Set.of(), ChangeQuery.row(place.table(), key));
        return descending(call, new ChangeQuery(journal, wanted));
    }

    private HttpAnswer page(HttpCall call) {
        String order = call.query().getOrDefault("order", "asc");
        if (order.equals("desc")) {
            call.allowOnly("database", "tables", "operations", "key", "order", "before", "limit");
            return descending(call, query(call));
        }
        if (!order.equals("asc")) {
            throw HttpProblem.badRequest("Parameter order=" + order + ": use asc (with from) or desc (with before)");
        }
        call.allowOnly("database", "tables", "operations", "key", "order", "from", "limit");
        ChangeQuery query = query(call);
        Journal journal = query.journal();
        long from = query.position(call.query().getOrDefault("from", "earliest"), false);
        if (from < journal.first() - 1) {
            throw new HttpProblem(
                    410,
                    "The changes from position " + (from + 1) + " to " + (journal.first() - 1)
                            + " are no longer in the journal: use from=" + (journal.first() - 1)
                            + " or from=earliest for what is");
        }
        if (from > journal.last()) {
            throw HttpProblem.badRequest("Parameter from=" + from + ": the journal ends at position " + journal.last());
        }
        Found found = new JournalSearch(journal).after(from, query.wanted(), call.limit(), PATIENCE);
        return answer(found, found.complete() ? Map.of() : call.linkToNext("from", found.reached()));
    }

    private static HttpAnswer descending(HttpCall call, ChangeQuery query) {
        long before = call.number("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        Found found = new JournalSearch(query.journal()).before(before, query.wanted(), call.limit(), PATIENCE);
        return answer(found, found.complete() ? Map.of() : call.linkToNext("before", found.reached()));
    }

    private static HttpAnswer answer(Found found, Map<String, String> headers) {
        StringJoiner json = new StringJoiner(",", "[", "]");
        found.changes().forEach(change -> json.add(ChangeJson.cloudEvent(change)));
        return HttpAnswer.json(200, json.toString(), headers);
    }

    private HttpAnswer one(HttpCall call) {
        Change change = find(call, call.segment(2));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("change", change);
        shown.put("collected", change.collected());
        shown.put(
                "ways",
                subscriptions.ways().of(change).stream()
                        .map(way -> WayShown.of(way, change))
                        .toList());
        return HttpAnswer.json(200, shown);
    }

    /** By its id, or by its position in the journal of {@code database}. */
    private Change find(HttpCall call, String id) {
        if (!id.isEmpty() && id.length() <= 18 && id.chars().allMatch(c -> c >= '0' && c <= '9')) {
            call.allowOnly("database");
            Journal journal = query(call).journal();
            return new JournalSearch(journal)
                    .at(Long.parseLong(id))
                    .orElseThrow(() -> HttpProblem.notFound("The journal of " + journal.database()
                            + " holds no change at position " + id + ", but " + journal.first() + " to "
                            + journal.last()));
        }
        call.allowOnly("position");
        ChangeId named = parsed(id);
        Journal journal = ChangeQuery.journal(named.database(), subscriptions.journals());
        JournalSearch search = new JournalSearch(journal);
        long position = call.number("position", 0, 0, Long.MAX_VALUE);
        return search.at(position)
                .filter(change -> change.id().equals(named))
                .or(() -> search.find(named, PATIENCE_FOR_ONE))
                .orElseThrow(() -> HttpProblem.notFound("No change " + id + " was found in the journal, which holds"
                        + " positions " + journal.first() + " to " + journal.last()
                        + "; in a large one give its position too (?position=), if you know it"));
    }

    private static ChangeId parsed(String id) {
        try {
            return ChangeId.parse(id);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.notFound(
                    "There is no change '" + id + "': ids are DATABASE-EPOCH-SEQ, such as main-1-4711, or positions");
        }
    }
}
