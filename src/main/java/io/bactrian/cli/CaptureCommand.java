package io.bactrian.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureDrift;
import io.bactrian.capture.CaptureException;
import io.bactrian.capture.CapturePlan;
import io.bactrian.capture.CaptureStatus;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.store.StoreException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Works on capture in a database directly; the platform need not run. */
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Plans, installs, checks and removes our triggers in a database.")
final class CaptureCommand implements Runnable {
    private static final String TABLES = "Only these tables (default: all that are configured).";

    private final CaptureOpener opener;

    @Spec
    private CommandSpec spec;

    CaptureCommand(CaptureOpener opener) {
        this.opener = opener;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** {@code --config} and {@code --database}. */
    static final class Place {
        @Mixin
        private ConfigurationOption configuration;

        @Option(
                names = "--database",
                paramLabel = "NAME",
                defaultValue = "main",
                description = "The database (default: main).")
        private String database = "main";

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description = "Prints the exact DDL that install would run, and runs nothing.")
    int plan(
            @Mixin Place place,
            @Parameters(paramLabel = "TABLE", arity = "0..*", description = TABLES) @Nullable List<String> tables) {
        return with(place, capture -> {
            CapturePlan plan = capture.plan(given(tables));
            if (place.json) {
                out().println(json(plan));
            } else {
                out().print(plan.script());
            }
            return 0;
        });
    }

    @Command(
            name = "install",
            mixinStandardHelpOptions = true,
            description = "Installs or repairs what is configured; what is as it should be is left alone.")
    int install(
            @Mixin Place place,
            @Parameters(paramLabel = "TABLE", arity = "0..*", description = TABLES) @Nullable List<String> tables) {
        return with(place, capture -> told(place, capture.install(given(tables)), "Installed"));
    }

    @Command(
            name = "uninstall",
            mixinStandardHelpOptions = true,
            description = {
                "Takes our triggers off the tables; without a table off all, and everything else of ours too.",
                "Changes that weren't collected yet are lost with them."
            })
    int uninstall(
            @Mixin Place place,
            @Parameters(paramLabel = "TABLE", arity = "0..*", description = TABLES) @Nullable List<String> tables) {
        return with(place, capture -> told(place, capture.uninstall(given(tables)), "Uninstalled"));
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Shows what is captured, what has drifted and what to do. Exit code 1 where something has.")
    int status(@Mixin Place place) {
        return with(place, capture -> {
            CaptureStatus status = capture.status();
            if (place.json) {
                out().println(json(status));
            } else {
                print(status);
            }
            return status.sound() ? 0 : 1;
        });
    }

    @Command(
            name = "takeover",
            mixinStandardHelpOptions = true,
            description = {
                "Lets the store in this data folder collect the database from now on, whoever it was before.",
                "Only where the former platform is gone for good. One that runs on this folder notices by itself."
            })
    int takeover(@Mixin Place place) {
        return with(place, capture -> {
            String store = opener.storeId(place.configuration.load());
            String before = capture.takeover(store);
            out().println(
                            place.json
                                    ? PlatformClient.JSON
                                            .createObjectNode()
                                            .put("database", place.database)
                                            .put("owner", store)
                                            .put("before", before)
                                    : "Database " + place.database + " now belongs to store " + store
                                            + (before.isEmpty() ? "" : " (before: " + before + ")"));
            return 0;
        });
    }

    private int with(Place place, Function<Capture, Integer> work) {
        Configuration configuration = place.configuration.load();
        try (Database database = opener.database(configuration, place.database)) {
            return work.apply(new Capture(database, opener.settings(configuration, place.database)));
        } catch (CaptureException | DatabaseException | StoreException | IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ObjectNode json(CapturePlan plan) {
        ObjectNode json = PlatformClient.JSON.createObjectNode();
        json.set("statements", PlatformClient.JSON.valueToTree(plan.statements()));
        json.set("warnings", PlatformClient.JSON.valueToTree(plan.warnings()));
        return json;
    }

    private static ObjectNode json(CaptureStatus status) {
        ObjectNode json = PlatformClient.JSON.valueToTree(status);
        return json.put("install", status.install().name().toLowerCase(Locale.ROOT))
                .put("sound", status.sound());
    }

    private int told(Place place, CapturePlan done, String word) {
        if (place.json) {
            out().println(json(done));
            return 0;
        }
        done.warnings().forEach(warning -> out().println("Warning: " + warning));
        out().println(
                        done.statements().isEmpty()
                                ? "Nothing to do."
                                : word + " (" + done.statements().size() + " statements).");
        return 0;
    }

    private void print(CaptureStatus status) {
        if (status.error() != null) {
            out().println("Database " + status.database() + " can't be asked: " + status.error());
            return;
        }
        out().println("Database  " + status.database() + " (" + status.product() + ")");
        out().println("Captured  " + (status.tables().isEmpty() ? "nothing" : String.join(", ", status.tables())));
        out().println("Owner     " + (status.owner().isEmpty() ? "none yet" : "store " + status.owner()));
        out().println("Backlog   " + status.backlog() + " rows, the oldest " + Math.round(status.oldestAgeSeconds())
                + " s old");
        for (CaptureDrift drift : status.drift()) {
            out().println("Drift     " + drift);
        }
        status.warnings().forEach(warning -> out().println("Warning   " + warning));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static List<String> given(@Nullable List<String> tables) {
        return tables == null ? List.of() : tables;
    }
}
