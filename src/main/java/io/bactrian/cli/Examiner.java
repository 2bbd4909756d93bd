package io.bactrian.cli;

import io.bactrian.config.Configuration;
import io.bactrian.doctor.Finding;
import java.util.List;

/** Looks at what can be seen without a running platform; {@code Main} gives it. */
@FunctionalInterface
public interface Examiner {
    /** Databases and capture, asked directly. */
    List<Finding> databases(Configuration configuration);
}
