package io.bactrian.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Whether what we print is read on a terminal. */
final class Terminal {
    private Terminal() {}

    /** Colours on a terminal only, and never where NO_COLOR is set (no-color.org). */
    static Ansi colours(Map<String, String> environment) {
        return colours(environment, isThere());
    }

    static Ansi colours(Map<String, String> environment, boolean terminal) {
        boolean unwanted = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || "dumb".equals(environment.getOrDefault("TERM", ""));
        return terminal && !unwanted ? Ansi.ON : Ansi.OFF;
    }

    private static boolean isThere() {
        Console console = System.console();
        return console != null && isTerminal(console);
    }

    /** From JDK 22 on there is a console also where there is no terminal, and it says so. */
    private static boolean isTerminal(@Nullable Console console) {
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
