package io.bactrian.database;

import java.util.ArrayList;
import java.util.List;

/** Sequence numbers from {@code first} to {@code last} without a break. */
public record SeqRun(long first, long last) {
    /** The runs that make up these numbers, which ascend; no number between two runs is among them. */
    public static List<SeqRun> of(List<Long> ascending) {
        List<SeqRun> runs = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= ascending.size(); i++) {
            if (i == ascending.size() || ascending.get(i) != ascending.get(i - 1) + 1) {
                runs.add(new SeqRun(ascending.get(begin), ascending.get(i - 1)));
                begin = i;
            }
        }
        return runs;
    }
}
