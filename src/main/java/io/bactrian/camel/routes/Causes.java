package io.bactrian.camel.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.apache.camel.xml.io.XmlPullParserLocationException;
import org.jspecify.annotations.Nullable;

/** Turns what Camel throws into one sentence and a line, without secrets. */
final class Causes {
    private static final Pattern COMPILER = Pattern.compile("(?s)\\.java:(\\d+): error: ([^\\n]*)(.*)");
    private static final Pattern COMPILER_SYMBOL = Pattern.compile("symbol:\\s+([^\\n]*)");
    private static final Pattern MARK = Pattern.compile("line (\\d+), column \\d+");
    private static final Pattern STEP = Pattern.compile("(?s)>>> (.*?) <<<");
    private static final Pattern STEP_ENDPOINT = Pattern.compile("(?s)^\\w+\\[(.*)]$");
    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{([^=}]+)=");
    private static final Pattern XML_NAMESPACE = Pattern.compile("\\{[^{}]*}");

    /** Camel masks options in whole URIs only, and its messages quote pieces. */
    private static final Pattern SECRET_OPTION = Pattern.compile(
            "(?i)\\b([\\w.-]*(?:secret|passw|passphrase|token|authorization|api-?key|credential)[\\w.-]*)=[^&\\s,;})\\]'\"]+");

    private static final Pattern SIGNING_SECRET = Pattern.compile("whsec_[A-Za-z0-9+/=_-]+");
    private static final Pattern NO_TEMPLATE = Pattern.compile("Cannot find RouteTemplate with id (\\S+)");

    private Causes() {}

    /** @param routes the text's routes as far as they were read: they know their lines */
    static RouteFileException explain(RouteText text, List<RouteDefinition> routes, Throwable thrown) {
        List<Throwable> chain = chainOf(thrown);
        for (Throwable t : chain) {
            if (t instanceof RouteFileException known) {
                return known;
            }
            RouteFileException parsed = fromParser(t);
            if (parsed != null) {
                return parsed;
            }
        }
        for (Throwable t : chain) {
            if (t instanceof FailedToCreateRouteException failed) {
                return new RouteFileException(lineOf(text, routes, failed, chain), sentence(chain));
            }
        }
        if (chain.stream().anyMatch(FailedToStartRouteException.class::isInstance)) {
            return new RouteFileException(0, "can't start now: " + deepest(thrown), true);
        }
        String sentence = sentence(chain);
        Matcher template = NO_TEMPLATE.matcher(sentence);
        if (template.matches()) {
            return new RouteFileException(
                    Lines.of(text, template.group(1)),
                    "no file has a route template '" + template.group(1) + "'" + Connectors.near(template.group(1)));
        }
        return new RouteFileException(lineInJava(text, thrown), sentence);
    }

    /** The innermost message, which names the thing itself; those around it repeat it. */
    static String deepest(Throwable thrown) {
        List<Throwable> chain = chainOf(thrown);
        Throwable last = chain.get(chain.size() - 1);
        String message = last.getMessage();
        if (message == null || message.isBlank() || message.length() < 12) {
            message = last.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        }
        return oneLine(message);
    }

    private static @Nullable RouteFileException fromParser(Throwable t) {
        String message = String.valueOf(t.getMessage());
        if (t instanceof XmlPullParserLocationException xml) {
            String first = XML_NAMESPACE.matcher(firstLine(message)).replaceAll("");
            return new RouteFileException(xml.getLineNumber(), decapitalized(first));
        }
        if (t.getClass().getName().contains("yaml")) {
            Matcher mark = MARK.matcher(message);
            if (mark.find()) {
                return new RouteFileException(Integer.parseInt(mark.group(1)), decapitalized(yamlSentence(message)));
            }
        }
        Matcher compiler = COMPILER.matcher(message);
        if (message.startsWith("Compilation error") && compiler.find()) {
            Matcher symbol = COMPILER_SYMBOL.matcher(compiler.group(3));
            return new RouteFileException(
                    Integer.parseInt(compiler.group(1)),
                    compiler.group(2).strip()
                            + (symbol.find() ? ": " + symbol.group(1).strip() : ""));
        }
        return null;
    }

    /** What the parser was at and what it met; between them it quotes the file, indented. */
    private static String yamlSentence(String message) {
        return oneLine(message.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .collect(Collectors.joining(": ")));
    }

    private static String sentence(List<Throwable> chain) {
        for (Throwable t : chain) {
            if (t instanceof NoSuchEndpointException unknown) {
                return "unknown component '" + StringHelper.before(unknown.getUri(), ":", unknown.getUri()) + "'";
            }
            if (t instanceof ResolveEndpointFailedException failed) {
                Matcher options = UNKNOWN_OPTIONS.matcher(String.valueOf(failed.getMessage()));
                if (options.find()) {
                    return "unknown option '" + options.group(1) + "' of "
                            + StringHelper.before(failed.getUri(), ":", failed.getUri()) + ":";
                }
            }
        }
        return deepest(chain.get(0));
    }

    private static int lineOf(
            RouteText text, List<RouteDefinition> routes, FailedToCreateRouteException failed, List<Throwable> chain) {
        Matcher step = STEP.matcher(String.valueOf(failed.getMessage()));
        @Nullable String label = step.find() ? step.group(1) : null;
        for (RouteDefinition route : routes) {
            if (route.getRouteId() != null && route.getRouteId().equals(failed.getRouteId())) {
                OptionalIdentifiedDefinition<?> node =
                        label == null ? route.getInput() : find(route.getOutputs(), label);
                if (node != null && node.getLineNumber() > 0 && !route.isCreatedFromTemplate()) {
                    return node.getLineNumber();
                }
                if (node instanceof FromDefinition from) {
                    return Lines.of(text, from.getUri(), failed.getRouteId());
                }
            }
        }
        return Lines.of(text, endpointOf(label), withoutOptions(endpointOf(label)), uriOf(chain), failed.getRouteId());
    }

    private static @Nullable ProcessorDefinition<?> find(List<ProcessorDefinition<?>> steps, String label) {
        for (ProcessorDefinition<?> step : steps) {
            if (step.toString().equals(label)) {
                return step;
            }
            ProcessorDefinition<?> inner = find(step.getOutputs(), label);
            if (inner != null) {
                return inner;
            }
        }
        return null;
    }

    private static @Nullable String endpointOf(@Nullable String label) {
        Matcher matcher = STEP_ENDPOINT.matcher(label == null ? "" : label);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static @Nullable String withoutOptions(@Nullable String uri) {
        return uri == null ? null : StringHelper.before(uri, "?", uri);
    }

    private static @Nullable String uriOf(List<Throwable> chain) {
        for (Throwable t : chain) {
            if (t instanceof ResolveEndpointFailedException failed) {
                return withoutOptions(failed.getUri().replaceFirst("://", ":"));
            }
        }
        return null;
    }

    /** Where the file's own class is in the stack. */
    private static int lineInJava(RouteText text, Throwable thrown) {
        if (text.kind() != RouteText.Kind.JAVA) {
            return 0;
        }
        String file = String.valueOf(text.file().getFileName());
        for (Throwable t : chainOf(thrown)) {
            for (StackTraceElement frame : t.getStackTrace()) {
                if (file.equals(frame.getFileName()) && frame.getLineNumber() > 0) {
                    return frame.getLineNumber();
                }
            }
        }
        return 0;
    }

    private static List<Throwable> chainOf(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = thrown; t != null && !chain.contains(t); t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    /** A URI, or a text that may quote one, without secrets. */
    static String masked(String text) {
        String uris = URISupport.sanitizeUri(text);
        String options = SECRET_OPTION.matcher(uris).replaceAll("$1=xxxxxx");
        return SIGNING_SECRET.matcher(options).replaceAll("whsec_xxxxxx");
    }

    private static String oneLine(String message) {
        String clean = masked(message.replaceAll("\\s+", " ").strip());
        return clean.length() > 400 ? clean.substring(0, 400) + "…" : clean;
    }

    private static String firstLine(String message) {
        return oneLine(
                message.lines().filter(line -> !line.isBlank()).findFirst().orElse(message));
    }

    private static String decapitalized(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
