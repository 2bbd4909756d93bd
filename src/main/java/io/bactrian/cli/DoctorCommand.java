package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bactrian.config.Configuration;
import io.bactrian.config.ConfigurationException;
import io.bactrian.doctor.Finding;
import io.bactrian.doctor.Finding.State;
import io.bactrian.doctor.MachineExamination;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at everything and says what to do. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks everything and says what to do: Java, configuration, data folder, port, key, databases, capture, the"
                    + " journal, subscriptions, route files, broker, Kafka, hooks.",
            "Where the platform isn't running, it checks what can be checked without. Exit code 1 where something doesn't"
                    + " work."
        })
final class DoctorCommand implements Callable<Integer> {
    private final Examiner examiner;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOption configuration;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Option(
            names = "--simulate",
            description = "Also tries a change's way, timing each hop: a write in each captured table that is rolled"
                    + " back, then a probe in the trigger table that is collected and taken out. Leaves nothing and"
                    + " reaches no route.")
    private boolean simulate;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            description = "Simulates in this database only (default: in all).")
    private @Nullable String database;

    DoctorCommand(Examiner examiner) {
        this.examiner = examiner;
    }

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        List<JsonNode> simulations = new ArrayList<>();
        boolean running = false;
        Configuration chosen = configuration(findings);
        if (chosen != null) {
            PlatformPresence presence = PlatformPresence.of(chosen);
            findings.addAll(presence.findings());
            running = presence.isRunning();
            findings.addAll(running ? presence.itsOwn() : seenFromHere(chosen));
            if (simulate) {
                simulate(chosen, presence, simulations, findings);
            }
        }
        print(running, findings, simulations);
        boolean works = findings.stream().noneMatch(each -> each.state() == State.FAILED)
                && simulations.stream().allMatch(each -> each.path("ok").asBoolean());
        return works ? 0 : 1;
    }

    private @Nullable Configuration configuration(List<Finding> findings) {
        try {
            Configuration loaded = configuration.load();
            findings.add(Finding.ok("configuration", "read; databases: " + String.join(", ", loaded.databases())));
            return loaded;
        } catch (ConfigurationException e) {
            findings.add(Finding.failed(
                    "configuration", String.valueOf(e.getMessage()), "correct config/application.properties"));
            return null;
        }
    }

    private List<Finding> seenFromHere(Configuration chosen) {
        List<Finding> findings = new ArrayList<>();
        findings.add(MachineExamination.java());
        try {
            findings.addAll(examiner.databases(chosen));
        } catch (ConfigurationException | IllegalArgumentException e) {
            findings.add(Finding.failed(
                    "configuration", String.valueOf(e.getMessage()), "correct config/application.properties"));
        }
        return findings;
    }

    private void simulate(
            Configuration chosen, PlatformPresence presence, List<JsonNode> simulations, List<Finding> findings) {
        if (!presence.isRunning()) {
            findings.add(Finding.failed(
                    "simulation",
                    "it needs the running platform, whose collector is part of the way",
                    "./bactrian run"));
            return;
        }
        for (String name : database == null ? chosen.databases() : List.of(database)) {
            try {
                simulations.add(presence.simulate(name));
            } catch (CommandException e) {
                findings.add(Finding.warning("simulation " + name, "not done: " + e.getMessage(), null));
            }
        }
    }

    private void print(boolean running, List<Finding> findings, List<JsonNode> simulations) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode whole = JsonNodeFactory.instance.objectNode().put("running", running);
            ArrayNode list = whole.putArray("findings");
            findings.forEach(each -> list.addObject()
                    .put("subject", each.subject())
                    .put("state", word(each.state()))
                    .put("detail", each.detail())
                    .put("remedy", each.remedy()));
            whole.putArray("simulations").addAll(simulations);
            out.println(whole);
        } else {
            findings.forEach(each -> print(out, each));
            simulations.forEach(each -> print(out, each));
            out.println();
            out.println(summary(findings, simulations));
        }
        out.flush();
    }

    private void print(PrintWriter out, Finding finding) {
        out.println(mark(finding.state()) + ChangeText.printable(finding.subject() + ": " + finding.detail()));
        if (finding.remedy() != null) {
            out.println("         → " + ChangeText.printable(finding.remedy()));
        }
    }

    private void print(PrintWriter out, JsonNode simulation) {
        out.println();
        out.println("Simulation in database " + simulation.path("database").asText());
        for (JsonNode hop : simulation.path("hops")) {
            JsonNode millis = hop.path("millis");
            String took =
                    millis.isNumber() ? String.format(Locale.ROOT, "%9.3f ms", millis.asDouble()) : " ".repeat(12);
            out.println(mark(hop.path("ok").asBoolean() ? State.OK : State.FAILED) + took + "  "
                    + ChangeText.printable(hop.path("name").asText() + ": "
                            + hop.path("detail").asText()));
        }
    }

    private static String summary(List<Finding> findings, List<JsonNode> simulations) {
        long failed =
                findings.stream().filter(each -> each.state() == State.FAILED).count()
                        + simulations.stream()
                                .filter(each -> !each.path("ok").asBoolean())
                                .count();
        long warnings =
                findings.stream().filter(each -> each.state() == State.WARNING).count();
        if (failed == 0 && warnings == 0) {
            return "All is well.";
        }
        return failed + " to mend, " + warnings + " to look at.";
    }

    private String mark(State state) {
        String code = switch (state) {
            case OK -> "32";
            case WARNING -> "33";
            case FAILED -> "31";
        };
        return ChangeText.coloured(
                String.format("%-9s", word(state)),
                code,
                spec.commandLine().getColorScheme().ansi());
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
