package io.bactrian.camel.routes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All route files and what runs of them. A text that doesn't pass leaves the version before it running (invariant 16).
 * Not thread-safe.
 */
final class RouteUnits {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final CamelContext context;
    private final RouteCheck check;
    private final LiveRoutes live;
    private final RouteStarts starts;
    private final RouteListener listener;
    private final Clock clock;
    private static final Duration PASSING_RETRY = Duration.ofSeconds(5);

    private @Nullable Instant nextTry;
    private boolean begun;
    private final Map<String, RouteUnit> units = new TreeMap<>();

    RouteUnits(CamelContext context, LiveRoutes live, RouteStarts starts, RouteListener listener, Clock clock) {
        this.context = context;
        this.check = new RouteCheck(context);
        this.live = live;
        this.starts = starts;
        this.listener = listener;
        this.clock = clock;
    }

    /** Loads the files that are there at the start; those in Java last, for the compiler warms up meanwhile. */
    void begin(DirectoryWatch.Batch all) {
        List<RouteText> texts = new ArrayList<>(all.changed());
        texts.sort(Comparator.comparing(text -> text.kind() == RouteText.Kind.JAVA));
        apply(new DirectoryWatch.Batch(texts, all.deleted()));
        begun = true;
    }

    /** Takes over what changed, in several passes: a file may use another's template, or an id that another gives up. */
    void apply(DirectoryWatch.Batch batch) {
        Set<String> subscribed = subscriptions();
        batch.deleted().forEach(this::delete);
        Map<String, RouteText> pending = new LinkedHashMap<>();
        batch.changed().forEach(text -> pending.put(text.name(), text));
        for (RouteUnit unit : units.values()) {
            if (unit.error() != null) {
                pending.putIfAbsent(unit.name, unit.newest());
            }
        }
        Map<String, RouteFileException> refused = loadAsFarAsPossible(pending);
        pending.forEach((name, text) -> {
            RouteFileException cause = refused.get(name);
            if (cause != null) {
                refuse(text, cause);
            }
        });
        Set<String> templatesInUse = new HashSet<>();
        running().forEach(version -> templatesInUse.addAll(version.loaded().templatesUsed()));
        live.keepConnectors(templatesInUse);
        nextTry = refused.values().stream().anyMatch(RouteFileException::passing)
                ? clock.instant().plus(PASSING_RETRY)
                : null;
        tellOrphans(subscribed);
    }

    /**
     * Loads texts until no further one can be; those that were loaded leave {@code pending}.
     *
     * @return why the others can't be
     */
    private Map<String, RouteFileException> loadAsFarAsPossible(Map<String, RouteText> pending) {
        Map<String, RouteFileException> refused = new LinkedHashMap<>();
        Set<String> users = new HashSet<>();
        boolean progress = true;
        while (progress && !pending.isEmpty()) {
            progress = false;
            for (RouteText text : List.copyOf(pending.values())) {
                try {
                    Set<String> templates = load(text);
                    pending.remove(text.name());
                    refused.remove(text.name());
                    // Each once: two files may use each other's templates.
                    usersOf(templates, text.name()).stream()
                            .filter(user -> users.add(user.name()))
                            .forEach(user -> pending.putIfAbsent(user.name(), user));
                    progress = true;
                } catch (RouteFileException e) {
                    refused.put(text.name(), e);
                } catch (RuntimeException e) {
                    LOG.debug("{}", text.name(), e);
                    refused.put(text.name(), Causes.explain(text, List.of(), e));
                }
            }
        }
        return refused;
    }

    /** Tries again what couldn't be loaded for a cause that may have passed. */
    void retryDue() {
        if (nextTry != null && !nextTry.isAfter(clock.instant())) {
            apply(new DirectoryWatch.Batch(List.of(), List.of()));
        }
    }

    boolean isIdle() {
        return nextTry == null;
    }

    /** @return templates that were there before and now are different */
    private Set<String> load(RouteText text) {
        long begin = System.nanoTime();
        RouteUnit unit = units.get(text.name());
        RouteUnit.Running old = unit == null ? null : unit.running();
        if (begun) {
            check.check(text, servingTexts(text.name()), id -> ownerOf(id, text.name()));
        } else {
            // Nothing runs that a failure could disturb, and the start should be quick.
            SyntaxCheck.check(text);
        }
        TextLoading loading = live.prepare(text, id -> ownerOf(id, text.name()));
        Loaded loaded;
        ReplaceAware.Hold hold = live.holdCallers();
        try {
            loaded = swap(loading, unit, old);
        } finally {
            hold.close();
        }
        LOG.info(
                "{} loaded: {} ({} ms)",
                text.name(),
                loaded.routes().isEmpty() ? "no route" : String.join(", ", loaded.routeIds()),
                (System.nanoTime() - begin) / 1_000_000);
        loaded.warnings().forEach(LOG::warn);
        Set<String> changed = old == null ? Set.of() : new HashSet<>(loaded.templateIds());
        live.renewConnectors(changed);
        return changed;
    }

    private Loaded swap(TextLoading loading, @Nullable RouteUnit unit, RouteUnit.@Nullable Running old) {
        if (old != null) {
            starts.forget(old.loaded());
            live.remove(old.loaded());
        }
        try {
            return run(unit, loading, clock.instant());
        } catch (RouteFileException e) {
            if (unit != null && old != null) {
                unit.runsNothing();
                putBack(unit, old);
            }
            throw e;
        }
    }

    private Loaded run(@Nullable RouteUnit unit, TextLoading loading, Instant since) {
        RouteText text = loading.text();
        Loaded loaded = live.load(loading);
        RouteUnit target = unit == null ? units.computeIfAbsent(text.name(), name -> new RouteUnit(text)) : unit;
        target.runs(new RouteUnit.Running(text, loaded, since));
        starts.start(text.name(), loaded);
        return loaded;
    }

    private void putBack(RouteUnit unit, RouteUnit.Running old) {
        try {
            run(unit, live.prepare(old.text(), id -> ownerOf(id, unit.name)), old.since());
        } catch (RouteFileException e) {
            LOG.error(
                    "{}: the version of {} can't be put back: {}", unit.name, TIME.format(old.since()), e.getMessage());
        }
    }

    private void refuse(RouteText text, RouteFileException cause) {
        RouteUnit unit = units.computeIfAbsent(text.name(), name -> new RouteUnit(text));
        if (unit.refused(text, cause)) {
            RouteUnit.Running running = unit.running();
            LOG.error(
                    "{}{} not loaded: {}{}",
                    text.name(),
                    cause.line() > 0 ? ":" + cause.line() : "",
                    cause.getMessage(),
                    running == null ? "" : "; the version of " + TIME.format(running.since()) + " runs on");
        }
    }

    private void delete(String name) {
        RouteUnit unit = units.remove(name);
        RouteUnit.Running running = unit == null ? null : unit.running();
        if (running != null) {
            starts.forget(running.loaded());
            live.remove(running.loaded());
            LOG.info(
                    "{} deleted: {} removed",
                    name,
                    String.join(", ", running.loaded().routeIds()));
        }
    }

    private void tellOrphans(Set<String> before) {
        Set<String> now = subscriptions();
        Set<String> orphaned = new TreeSet<>(before);
        orphaned.removeAll(now);
        if (orphaned.isEmpty()) {
            return;
        }
        Set<String> fresh = new TreeSet<>(now);
        fresh.removeAll(before);
        LOG.info(
                "No route uses subscription {} any more: kept as orphaned{}",
                String.join(", ", orphaned),
                fresh.isEmpty() ? "" : "; " + String.join(", ", fresh) + " is new and starts from its own `from`");
        listener.removed(orphaned);
    }

    Set<String> subscriptions() {
        Set<String> all = new LinkedHashSet<>();
        running().forEach(version -> all.addAll(version.loaded().subscriptions().values()));
        return all;
    }

    List<RouteFileStatus> list() {
        return units.values().stream()
                .map(unit -> {
                    RouteUnit.Running running = unit.running();
                    return unit.status(running == null ? List.of() : starts.waiting(running.loaded()));
                })
                .toList();
    }

    Optional<RouteFileError> validate(RouteText text) {
        try {
            check.check(text, servingTexts(text.name()), id -> ownerOf(id, text.name()));
            return Optional.empty();
        } catch (RouteFileException e) {
            return Optional.of(new RouteFileError(e.line(), String.valueOf(e.getMessage())));
        }
    }

    private List<RouteUnit.Running> running() {
        List<RouteUnit.Running> all = new ArrayList<>();
        for (RouteUnit unit : units.values()) {
            RouteUnit.Running running = unit.running();
            if (running != null) {
                all.add(running);
            }
        }
        return all;
    }

    /** The other files' texts whose templates and route configurations a file may use. */
    List<RouteText> servingTexts(String except) {
        return running().stream()
                .filter(version -> !version.text().name().equals(except)
                        && version.loaded().servesOthers())
                .map(RouteUnit.Running::text)
                .toList();
    }

    private List<RouteText> usersOf(Set<String> templates, String except) {
        return running().stream()
                .filter(version -> !version.text().name().equals(except)
                        && version.loaded().templatesUsed().stream().anyMatch(templates::contains))
                .map(RouteUnit.Running::text)
                .toList();
    }

    /** Who has a route or template of this id beside that file. */
    private @Nullable String ownerOf(String id, String file) {
        Set<String> inFiles = new HashSet<>();
        for (RouteUnit.Running version : running()) {
            List<String> ids = new ArrayList<>(version.loaded().routeIds());
            ids.addAll(version.loaded().templateIds());
            if (!version.text().name().equals(file) && ids.contains(id)) {
                return version.text().name();
            }
            inFiles.addAll(ids);
        }
        if (Connectors.NAMES.contains(id)) {
            return "the platform's connector of that name";
        }
        if (!inFiles.contains(id)) {
            for (RouteDefinition route : context.getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .getRouteDefinitions()) {
                if (id.equals(route.getRouteId())) {
                    return "the platform";
                }
            }
        }
        return null;
    }
}
