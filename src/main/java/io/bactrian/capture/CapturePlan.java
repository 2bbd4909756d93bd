package io.bactrian.capture;

import java.util.List;

/**
 * What installing or uninstalling does to the user's database: exactly these statements, in one transaction.
 *
 * @param statements in order, without semicolons; empty where all is as it should be
 * @param warnings what one should know before
 * @param grants what the role that runs them must be allowed to do
 */
public record CapturePlan(List<String> statements, List<String> warnings, List<String> grants) {
    public CapturePlan {
        statements = List.copyOf(statements);
        warnings = List.copyOf(warnings);
        grants = List.copyOf(grants);
    }

    /** As a script that one can read, or run oneself. */
    public String script() {
        StringBuilder script = new StringBuilder();
        warnings.forEach(
                warning -> script.append("-- Warning: ").append(warning).append('\n'));
        if (statements.isEmpty()) {
            return script.append("-- Nothing to do.\n").toString();
        }
        grants.forEach(grant -> script.append("-- Needs: ").append(grant).append('\n'));
        script.append("BEGIN;\n");
        statements.forEach(statement -> script.append(statement).append(";\n"));
        return script.append("COMMIT;\n").toString();
    }
}
