package io.bactrian.camel.routes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the Java compiler in the background while the platform starts, by compiling a route that nobody runs: the first
 * compilation of a process takes about a second, the next a tenth of it.
 */
public final class CompilerWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(CompilerWarmUp.class);
    private static final String ROUTE = """
            public class WarmUp extends org.apache.camel.builder.RouteBuilder {
                @Override
                public void configure() {
                    from("direct:a").filter(exchange -> true).process(exchange -> { }).to("direct:b");
                }
            }
            """;

    private CompilerWarmUp() {}

    /** Begins where the folder holds a Java route file; returns at once. */
    public static void begin(Path routes) {
        Thread thread = new Thread(() -> compileWhereNeeded(routes), "compiler-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void compileWhereNeeded(Path routes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> files = Files.walk(routes)) {
            if (compiler != null && files.anyMatch(file -> file.toString().endsWith(".java"))) {
                compile(compiler);
            }
        } catch (IOException | RuntimeException e) {
            // Nothing depends on it.
            LOG.debug("The Java compiler wasn't loaded ahead", e);
        }
    }

    private static void compile(JavaCompiler compiler) throws IOException {
        try (JavaFileManager files = new DiscardedClasses(compiler)) {
            compiler.getTask(new StringWriter(), files, null, List.of("-proc:none"), null, List.of(source()))
                    .call();
        }
    }

    private static JavaFileObject source() {
        return new SimpleJavaFileObject(URI.create("string:///WarmUp.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return ROUTE;
            }
        };
    }

    private static final class DiscardedClasses extends ForwardingJavaFileManager<JavaFileManager> {
        DiscardedClasses(JavaCompiler compiler) {
            super(compiler.getStandardFileManager(null, null, null));
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("discarded:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return new ByteArrayOutputStream();
                }
            };
        }
    }
}
