package io.bactrian.camel.routes;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * One version of a route file, read once: what is checked is what is loaded, whatever an editor does meanwhile.
 *
 * @param name how people are told of it: `routes/orders.xml`
 */
record RouteText(String name, Path file, String content) {

    enum Kind {
        XML,
        YAML,
        JAVA
    }

    Kind kind() {
        if (name.endsWith(".xml")) {
            return Kind.XML;
        }
        return name.endsWith(".java") ? Kind.JAVA : Kind.YAML;
    }

    /** Camel takes a YAML file without any entry for a mistake; it is how people switch a file off. */
    boolean hasOnlyComments() {
        return kind() == Kind.YAML
                && content.lines()
                        .map(String::strip)
                        .allMatch(line -> line.isEmpty() || line.startsWith("#") || line.equals("---"));
    }

    Resource resource() {
        return ResourceHelper.fromBytes(location(), content.getBytes(StandardCharsets.UTF_8));
    }

    String location() {
        return "file:" + file;
    }

    /** The beginning of the content's SHA-256. */
    String version() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
