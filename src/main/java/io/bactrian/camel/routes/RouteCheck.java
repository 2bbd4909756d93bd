package io.bactrian.camel.routes;

import java.util.List;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;

/** Tries a text where it can do no harm. */
final class RouteCheck {
    private final CamelContext live;

    RouteCheck(CamelContext live) {
        this.live = live;
    }

    /**
     * Passes if the text could be loaded beside the other files.
     *
     * @param serving other files' texts with the templates and route configurations that it may use
     * @throws RouteFileException with line and cause
     */
    Loaded check(RouteText text, List<RouteText> serving, Function<String, @Nullable String> ownerOf) {
        DefaultCamelContext scratch = ScratchContext.over(live);
        TextLoading loading = new TextLoading(scratch, text, ownerOf);
        try {
            SyntaxCheck.check(text);
            for (RouteText other : serving) {
                new TextLoading(scratch, other, id -> null).load();
            }
            loading = new TextLoading(scratch, text, ownerOf);
            loading.load();
            scratch.startRouteDefinitions();
            return loading.checkedResult();
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw Causes.explain(text, loading.result().routes(), e);
        } finally {
            scratch.stop();
        }
    }
}
