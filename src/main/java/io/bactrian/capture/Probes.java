package io.bactrian.capture;

import io.bactrian.database.CapturedRow;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The probes that are under way in one database. Thread-safe. */
final class Probes {
    private final Map<String, Probe> underWay = new ConcurrentHashMap<>();

    void add(Probe probe) {
        underWay.put(probe.token, probe);
    }

    void forget(Probe probe) {
        underWay.remove(probe.token);
    }

    static boolean isProbe(CapturedRow row) {
        return row.operation().equals(Probe.OPERATION);
    }

    /** With how many probes a page begins. */
    static int leading(List<CapturedRow> rows) {
        int count = 0;
        while (count < rows.size() && isProbe(rows.get(count))) {
            count++;
        }
        return count;
    }

    /** The rows up to the first probe. */
    static List<CapturedRow> untilProbe(List<CapturedRow> rows) {
        for (int i = 0; i < rows.size(); i++) {
            if (isProbe(rows.get(i))) {
                return rows.subList(0, i);
            }
        }
        return rows;
    }

    /** Tells those of these rows' probes that someone still waits for. */
    void tell(Collection<CapturedRow> rows, Consumer<Probe> news) {
        for (CapturedRow row : rows) {
            Probe probe = underWay.get(row.table());
            if (probe != null) {
                news.accept(probe);
            }
        }
    }
}
